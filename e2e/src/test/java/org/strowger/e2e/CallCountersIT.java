package org.strowger.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.strowger.sip.Transport;

/**
 * Calls in progress are counted by leases: after many calls of which every tenth ends without a word, and of which a backend
 * vanished in the middle, each count must return to exactly 0 by itself. {@code -Dcounters.calls=50000 -Dcounters.rate=400
 * -Dcounters.ringing=true} is the full measure: then the backend dies with calls that ring, whose leases last 4 minutes.
 */
class CallCountersIT {
    /** Of each session; a lease lives 32 s longer. */
    private static final int SESSION_SECONDS = 2;

    /** The longest lease is that of a call whose final response is lost, 240 s; the usual one here 34 s; then the sweep has to come by. */
    private static final Duration ALL_OVER = Duration.ofMinutes(5);

    private final Loopback net = Loopback.of(CallCountersIT.class);
    private final int calls = Integer.getInteger("counters.calls", 2000);
    private final int rate = Integer.getInteger("counters.rate", 400);

    @Test
    void countsReturnToExactlyZeroAfterCallsThatEndWithoutAWord() {
        Path directory = RunDirectory.create("call-counters");
        List<Endpoint> all = Backends.three(net, Transport.UDP);
        try (CallServer first = server(all.get(0));
                CallServer second = server(all.get(1));
                CallServer third = server(all.get(2));
                ProxyProcess proxy = ProxyProcess.start(directory, net, """
                        event-loops = 2
                        listeners { front { transport = udp, bind = "%s:5060" } }
                        pools { phones { backends = ["%s", "%s", "%s"], balance = least-calls } }
                        rules = [ { pool = phones } ]
                        """.formatted(
                                net.proxy(),
                                all.get(0).backend(),
                                all.get(1).backend(),
                                all.get(2).backend()));
                Caller caller = new Caller(
                        Endpoint.of(Transport.UDP, net.client(1)),
                        Endpoint.of(Transport.UDP, net.proxy()),
                        CallCountersIT::plan)) {
            CountDownLatch begun = caller.begin(calls, rate);
            await().atMost(limit()).until(() -> begun.getCount() < calls / 2);
            List<Long> halfway = Metrics.of(proxy).of("strowger_backend_active_calls", all);
            third.vanish(Boolean.getBoolean("counters.ringing"));
            await().atMost(limit()).until(() -> begun.getCount() == 0);
            long end = System.nanoTime();
            List<Long> active = Metrics.of(proxy).of("strowger_backend_active_calls", all);
            assertThat(halfway).as("calls in progress").allMatch(count -> count > 0);
            awaitZero(proxy, all);
            Metrics last = Metrics.of(proxy);
            System.out.printf(
                    "call counters: %d calls, %d ended by BYE; calls in progress %s halfway, %s after the last one began; all 0 after"
                            + " %d s more; %d leases expired, %d refused; calls by backend %s%n",
                    calls,
                    caller.ended(),
                    halfway,
                    active,
                    TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - end),
                    last.one("strowger_call_leases_expired_total"),
                    last.one("strowger_call_leases_refused_total"),
                    List.of(first.invitations(), second.invitations(), third.invitations()));
            assertThat(last.one("strowger_call_leases_expired_total")).isGreaterThanOrEqualTo(calls / 20);
            assertThat(last.one("strowger_call_leases_refused_total")).isZero();
            assertThat(caller.ended()).isGreaterThan(calls / 4);
        }
    }

    private static CallServer server(Endpoint at) {
        return new CallServer(at, Duration.ofMillis(50), SESSION_SECONDS);
    }

    /** Of ten calls one is cancelled, one is given up while it rings, one loses its BYE; the others talk for half a second. */
    private static CallPlan plan(int number) {
        Duration hold = Duration.ofMillis(500);
        return new CallPlan(
                hold,
                switch (number % 10) {
                    case 3 -> CallPlan.Ending.CANCEL;
                    case 5 -> number % 20 == 5 ? CallPlan.Ending.GONE : CallPlan.Ending.BYE;
                    case 7 -> number % 20 == 7 ? CallPlan.Ending.LOST_BYE : CallPlan.Ending.BYE;
                    default -> CallPlan.Ending.BYE;
                });
    }

    private Duration limit() {
        return Duration.ofSeconds(60 + 2L * calls / rate);
    }

    private static void awaitZero(ProxyProcess proxy, List<Endpoint> backends) {
        try {
            await().atMost(ALL_OVER)
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> Metrics.of(proxy).of("strowger_backend_active_calls", backends).stream()
                            .allMatch(count -> count == 0));
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    "calls in progress: " + Metrics.of(proxy).of("strowger_backend_active_calls", backends), e);
        }
    }
}
