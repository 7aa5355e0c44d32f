package org.strowger.health.probe;

import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.strowger.discovery.Backend;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/**
 * Makes {@link Prober}s that share a thread, and spreads their first probes over their interval: the offsets are the
 * multiples of the golden ratio, of which any number in a row lie evenly in the interval.
 */
@RunsOn(RunsOn.Runner.CONTROL)
public final class Probers {
    private static final double GOLDEN = 0.618_033_988_749_894_9;

    private final ProbeSockets sockets;
    private final Ticker ticker;
    private final RandomGenerator random;
    private final OptionsMessages messages = new OptionsMessages();
    private double offset;

    /** Loads what is needed to build and read OPTIONS: some tenths of a second for the first of a process. */
    public Probers(ProbeSockets sockets, Ticker ticker, RandomGenerator random) {
        this.sockets = sockets;
        this.ticker = ticker;
        this.random = random;
        this.offset = random.nextDouble();
    }

    /** Starts probing; on the probing thread. The first probe begins within the normal interval. */
    public Prober start(Backend backend, ProbeSettings settings, ProbeListener listener) {
        return start(backend, ProbeFront.NONE, settings, listener);
    }

    /** Starts probing a backend that is reached through {@code front}. */
    public Prober start(Backend backend, ProbeFront front, ProbeSettings settings, ProbeListener listener) {
        Prober prober = new Prober(
                settings,
                listener,
                sockets.loop(),
                ticker,
                random,
                sink -> probe(backend, front, settings.method(), sink));
        prober.start(nextDelay(settings.interval()));
        return prober;
    }

    Duration nextDelay(Duration interval) {
        offset = (offset + GOLDEN) % 1;
        return Duration.ofNanos((long) (interval.toNanos() * offset));
    }

    private Probe probe(Backend backend, ProbeFront front, ProbeMethod method, ProbeSink sink) {
        if (method instanceof ProbeMethod.Connect || method instanceof ProbeMethod.Handshake) {
            return new ConnectProbe(backend, front, sockets, sink);
        }
        if (method instanceof ProbeMethod.Http http) {
            return new HttpProbe(backend, http, front, sockets, sink);
        }
        return backend.transport() == Transport.UDP
                ? new UdpOptionsProbe(backend, sockets, messages, random, sink)
                : new StreamOptionsProbe(backend, front, sockets, messages, random, sink);
    }
}
