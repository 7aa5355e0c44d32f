package org.strowger.proxy.http;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Ticker;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.strowger.proxy.forwarding.BackendAlarm;
import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.metrics.LoopCounters;
import org.strowger.proxy.transport.IoMode;
import org.strowger.sip.cookie.CookieCodec;
import org.strowger.threading.RunsOn;

/** What the HTTP connections of one event loop share. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class HttpLoop {
    private final int number;
    private final EventLoop eventLoop;
    private final Supplier<HttpPicture> pictures;
    private final LoopCounters counters;
    private final BackendAlarm alarm;
    private final StickyCookie sticky;
    private final Chance chance;
    private final Upstreams upstreams;
    private final Tunnels tunnels = new Tunnels(this);
    private final Set<Channel> clients = Collections.newSetFromMap(new IdentityHashMap<>());
    private boolean closing;

    /** Time and dice. */
    public record Chance(Ticker ticker, RandomGenerator random) {}

    /**
     * @param pictures what holds now
     * @param codec this loop's
     * @param tls makes the encrypted end of a connection to a backend
     */
    public HttpLoop(
            int number,
            EventLoop eventLoop,
            Supplier<HttpPicture> pictures,
            Counting counting,
            CookieCodec codec,
            Chance chance,
            BackendTls tls) {
        this.number = number;
        this.eventLoop = eventLoop;
        this.pictures = pictures;
        this.counters = counting.counters();
        this.alarm = counting.alarm();
        this.sticky = new StickyCookie(codec);
        this.chance = chance;
        this.upstreams = new Upstreams(this, IoMode.of(eventLoop), tls);
    }

    /** Where it says what it sees. */
    public record Counting(LoopCounters counters, BackendAlarm alarm) {}

    int number() {
        return number;
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    HttpPicture picture() {
        return pictures.get();
    }

    void count(Counter counter) {
        counters.increment(counter);
    }

    void add(Counter counter, long amount) {
        counters.add(counter, amount);
    }

    BackendAlarm alarm() {
        return alarm;
    }

    StickyCookie sticky() {
        return sticky;
    }

    long nanoTime() {
        return chance.ticker().nanoTime();
    }

    long random() {
        return chance.random().nextLong();
    }

    Upstreams upstreams() {
        return upstreams;
    }

    Tunnels tunnels() {
        return tunnels;
    }

    /** There is another picture. What there is with backends that are not among the known ones ends. */
    public void look(LongPredicate known) {
        tunnels.look(picture());
        upstreams.keepOnly(known);
    }

    Deadline deadline(Runnable expired) {
        return new Deadline(eventLoop, chance.ticker(), expired);
    }

    /** True when connections are to end with what they are doing. */
    boolean isClosing() {
        return closing;
    }

    void opened(Channel client) {
        count(Counter.HTTP_CONNECTIONS);
        clients.add(client);
        client.closeFuture().addListener(gone -> left(client));
    }

    /** That connection is no longer one of HTTP. */
    void left(Channel client) {
        if (clients.remove(client)) {
            count(Counter.HTTP_CONNECTIONS_CLOSED);
        }
    }

    /** Connections of clients now open. */
    public int clients() {
        return clients.size();
    }

    /** Ends every connection after the answer it is about to give. */
    public void drain() {
        closing = true;
        Set.copyOf(clients).forEach(client -> client.pipeline().fireUserEventTriggered(Drain.NOW));
    }

    /** Ends every connection. */
    public void close() {
        closing = true;
        Set.copyOf(clients).forEach(client -> client.close().addListener(done -> {}));
        upstreams.close();
    }

    /** Tells a connection of a client to end when it is idle. */
    enum Drain {
        NOW
    }
}
