package org.strowger.proxy.demo;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.strowger.threading.RunsOn;

/**
 * A request that is repeated over UDP until it is answered (RFC 3261 section 17.1: timers A and B for INVITE, E and F
 * for the rest).
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class ClientTransaction {
    private static final long T1_MILLIS = 500;
    private static final long T2_MILLIS = 4_000;
    private static final long GIVE_UP_MILLIS = 64 * T1_MILLIS;
    /** Timer C of a proxy, above which nobody rings (RFC 3261 section 16.6). */
    private static final long RINGING_MILLIS = 180_000;

    private final EventExecutor loop;
    private final String request;
    private final boolean invite;
    private final Consumer<String> sender;
    private final Outcome outcome;
    private @Nullable Future<?> repeat;
    private @Nullable Future<?> giveUp;
    private boolean ended;

    ClientTransaction(EventExecutor loop, String method, String request, Consumer<String> sender, Outcome outcome) {
        this.loop = loop;
        this.request = request;
        this.invite = method.equals("INVITE");
        this.sender = sender;
        this.outcome = outcome;
    }

    /** What becomes of a request. */
    interface Outcome {
        /** A final response; called again for each copy of it, since a copy of a 200 wants another ACK. */
        void onFinal(DemoMessage response);

        /** Nobody answered. */
        void onTimeout();
    }

    void start() {
        sender.accept(request);
        repeatAfter(T1_MILLIS);
        giveUpAfter(GIVE_UP_MILLIS);
    }

    void receive(DemoMessage response) {
        if (response.status() >= 200) {
            stop();
            outcome.onFinal(response);
        } else if (invite && !ended) {
            stop();
            ended = false;
            giveUpAfter(RINGING_MILLIS);
        }
    }

    /** Stops all timers. */
    void stop() {
        ended = true;
        cancel(repeat);
        cancel(giveUp);
    }

    private void repeatAfter(long millis) {
        repeat = loop.schedule(
                () -> {
                    sender.accept(request);
                    repeatAfter(invite ? 2 * millis : Math.min(2 * millis, T2_MILLIS));
                },
                millis,
                TimeUnit.MILLISECONDS);
    }

    private void giveUpAfter(long millis) {
        giveUp = loop.schedule(
                () -> {
                    stop();
                    outcome.onTimeout();
                },
                millis,
                TimeUnit.MILLISECONDS);
    }

    private static void cancel(@Nullable Future<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
