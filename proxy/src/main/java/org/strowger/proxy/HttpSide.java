package org.strowger.proxy;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.LongPredicate;
import java.util.random.RandomGenerator;
import org.strowger.proxy.forwarding.BackendAlarm;
import org.strowger.proxy.http.BackendTls;
import org.strowger.proxy.http.HttpLoop;
import org.strowger.proxy.http.HttpPicture;
import org.strowger.proxy.http.HttpRequests;
import org.strowger.proxy.http.HttpService;
import org.strowger.proxy.metrics.CounterRegistry;
import org.strowger.proxy.metrics.LatencyTable;
import org.strowger.proxy.transport.EventLoops;
import org.strowger.threading.RunsOn;

/** The HTTP side of a running proxy: what each event loop has of it, and the picture that all of them read. */
@RunsOn(RunsOn.Runner.ANY)
final class HttpSide implements AutoCloseable {
    /** Written on the control loop; read once per request. */
    private volatile Optional<HttpPicture> picture = Optional.empty();

    private final List<EventLoop> eventLoops = new ArrayList<>();
    private final List<HttpLoop> loops = new ArrayList<>();
    private final HttpService service;
    private final LatencyTable latencies;

    private HttpSide(
            EventLoops all,
            List<LoopFactory.Loop> perLoop,
            CounterRegistry counters,
            BackendAlarm alarm,
            BackendTls tls,
            RandomGenerator random) {
        for (int i = 0; i < all.size(); i++) {
            eventLoops.add(all.loop(i));
            loops.add(new HttpLoop(
                    i,
                    all.loop(i),
                    () -> picture.orElseThrow(),
                    new HttpLoop.Counting(counters.loop(i), alarm),
                    perLoop.get(i).codec(),
                    // Its own dice: those of others are not for several threads.
                    new HttpLoop.Chance(Ticker.systemTicker(), new SplittableRandom(random.nextLong())),
                    tls));
        }
        this.latencies = new LatencyTable(all.size());
        this.service = new HttpService(loops);
    }

    /** @param tls encrypts connections to backends */
    static HttpSide of(
            EventLoops all,
            List<LoopFactory.Loop> perLoop,
            CounterRegistry counters,
            BackendAlarm alarm,
            BackendTls tls,
            RandomGenerator random) {
        return new HttpSide(all, perLoop, counters, alarm, tls, random);
    }

    /** What takes connections. */
    HttpRequests requests() {
        return service;
    }

    /** How long backends take to answer, by pool. */
    LatencyTable latencies() {
        return latencies;
    }

    /** What requests go by now. */
    HttpPicture picture() {
        return picture.orElseThrow();
    }

    /** What requests go by from now on, and what stays open of tunnels and of backends that are not among the known ones. */
    void show(HttpPicture now, LongPredicate known) {
        picture = Optional.of(now);
        for (int i = 0; i < loops.size(); i++) {
            HttpLoop loop = loops.get(i);
            eventLoops.get(i).execute(() -> loop.look(known));
        }
    }

    /** Lets requests end, and no further one begin on the connections that there are. */
    void drain() {
        for (int i = 0; i < loops.size(); i++) {
            eventLoops.get(i).execute(loops.get(i)::drain);
        }
    }

    @Override
    public void close() {
        for (int i = 0; i < loops.size(); i++) {
            eventLoops.get(i).submit(loops.get(i)::close).awaitUninterruptibly(1000);
        }
    }
}
