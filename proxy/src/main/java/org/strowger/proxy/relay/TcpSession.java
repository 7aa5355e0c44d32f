package org.strowger.proxy.relay;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.proxy.metrics.BackendCounter;
import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.routing.Pool;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.routing.Target;
import org.strowger.proxy.transport.IoMode;
import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/**
 * A client's connection and the one to a backend that it is joined with. Each end that closes its sending direction closes that
 * of the other, when all has been passed on; each that is reset resets the other. A reader that is slow stops the one who
 * writes to it: what waits for it is bounded by {@link #HIGH_WATER} and one read.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class TcpSession implements RelayLoop.Swept {
    /** Bytes that may wait for an end before nothing more is read for it. */
    static final int HIGH_WATER = 256 * 1024;

    static final int LOW_WATER = 64 * 1024;

    /** Backends that are asked for one connection. */
    private static final int MAX_ATTEMPTS = 3;

    private static final Logger log = LoggerFactory.getLogger(TcpSession.class);

    private final RelayLoop loop;
    private final String listener;
    private TcpRelayOptions options;
    private final Channel client;
    private final IpPort source;
    private final TcpEnd clientEnd = new TcpEnd(this);
    private final TcpEnd backendEnd = new TcpEnd(this);
    private final List<Target> tried = new ArrayList<>(1);
    private final Queue<ByteBuf> early = new ArrayDeque<>(0);
    private Encryption.Agreed tls = TcpRelayListener.PLAIN;
    private Optional<PoolUse> use = Optional.empty();
    private Target target = Target.NONE;
    private @Nullable Channel backend;
    private boolean joined;
    private boolean over;
    private boolean backendSpoke;
    private long lastNanos;

    /** @param options of that listener; it may have others when it is known where the client wants to go */
    TcpSession(RelayLoop loop, String listener, TcpRelayOptions options, Channel client, IpPort source) {
        this.loop = loop;
        this.listener = listener;
        this.options = options;
        this.client = client;
        this.source = source;
        this.lastNanos = loop.nanoTime();
    }

    /** The last handler of the client's connection. */
    TcpEnd clientEnd() {
        return clientEnd;
    }

    Target target() {
        return target;
    }

    /** The client speaks TLS and has agreed with us on that. */
    void agreed(Encryption.Agreed with) {
        tls = with;
        route(with.host());
    }

    /** It is known where the client wants to go: to that host, or empty. */
    void route(String host) {
        client.config().setAutoRead(false);
        RelayPicture now = loop.picture();
        options = now.tcp().getOrDefault(listener, options);
        use = options.routes().of(host);
        if (use.isEmpty()) {
            refuse(Counter.RELAY_REFUSED_NO_ROUTE);
            return;
        }
        if (tls.host().isEmpty() && !host.isEmpty()) {
            tls = new Encryption.Agreed(host, tls.version(), tls.cipher());
        }
        connect(now.snapshot());
    }

    private void connect(RoutingSnapshot snapshot) {
        Pool pool = snapshot.pool(use.orElseThrow().pool());
        target = pool == null || tried.size() >= MAX_ATTEMPTS
                ? Target.NONE
                : loop.choosing().pick(pool, source, tried);
        if (target == Target.NONE) {
            refuse(Counter.RELAY_REFUSED_NO_BACKEND);
            return;
        }
        if (!tried.isEmpty()) {
            loop.count(Counter.RELAY_RETRIES);
        }
        loop.of(target).increment(BackendCounter.RELAYS_BEGUN);
        IoMode mode = loop.mode();
        Bootstrap bootstrap = new Bootstrap()
                .group(loop.loop())
                .channelFactory(mode::newChannel)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        options.connectTimeout().toMillis())
                .handler(backendEnd);
        TcpRelayListener.CHANNEL_OPTIONS.forEach((option, value) -> TcpRelayListener.set(bootstrap, option, value));
        ChannelFutureListener done = this::connected;
        var unused = bootstrap.connect(target.backend().address()).addListener(done);
    }

    private void connected(ChannelFuture attempt) {
        if (over) {
            var unused = attempt.channel().close();
            return;
        }
        if (!attempt.isSuccess()) {
            loop.failed(target, BackendCounter.CONNECT_FAILURES);
            tried.add(target);
            endTarget();
            connect(loop.picture().snapshot());
            return;
        }
        backend = attempt.channel();
        joined = true;
        loop.of(target).increment(BackendCounter.ANSWERED);
        header(attempt.channel());
        for (ByteBuf waiting = early.poll(); waiting != null; waiting = early.poll()) {
            passOn(clientEnd, waiting);
        }
        attempt.channel().flush();
        if (clientEnd.isInputOver()) {
            endOutput(attempt.channel());
        }
        if (attempt.channel().isWritable()) {
            client.config().setAutoRead(true);
        }
        attempt.channel().config().setAutoRead(true);
    }

    /** The client's address in the words of the PROXY protocol, where the pool wants it. */
    private void header(Channel to) {
        PoolUse.Header version = use.orElseThrow().header();
        if (version == PoolUse.Header.NONE) {
            return;
        }
        IpPort destination = TcpRelayListener.destination(client);
        int length;
        if (version == PoolUse.Header.V1) {
            length = loop.headerWriter().text(source, destination);
        } else {
            length = TcpRelayListener.header(loop.headerWriter(), source, destination, tls);
        }
        var unused = to.write(
                to.alloc().buffer(length).writeBytes(loop.headerWriter().bytes(), 0, length));
    }

    /** Bytes have come in at that end. They are ours to release. */
    void read(TcpEnd at, ByteBuf bytes) {
        if (over) {
            bytes.release();
        } else if (joined) {
            passOn(at, bytes);
            Channel to = other(at);
            if (to != null) {
                to.flush();
            }
        } else {
            early.add(bytes);
        }
    }

    private void passOn(TcpEnd from, ByteBuf bytes) {
        int length = bytes.readableBytes();
        lastNanos = loop.nanoTime();
        backendSpoke |= from == backendEnd;
        loop.of(target).add(from == clientEnd ? BackendCounter.RELAYED_TO : BackendCounter.RELAYED_FROM, length);
        Channel to = other(from);
        if (to == null) {
            bytes.release();
            return;
        }
        var unused = to.write(bytes);
        Channel reader = channel(from);
        if (!to.isWritable() && reader != null) {
            reader.config().setAutoRead(false);
        }
    }

    /** That end takes bytes again. */
    void writable(TcpEnd at) {
        lastNanos = loop.nanoTime();
        Channel writer = channel(at);
        Channel feeder = other(at);
        if (joined && writer != null && writer.isWritable() && feeder != null && feeder.isOpen()) {
            feeder.config().setAutoRead(true);
        }
    }

    /** That end sends no more; it may still read. */
    void inputOver(TcpEnd at) {
        lastNanos = loop.nanoTime();
        Channel to = other(at);
        if (joined && to != null) {
            endOutput(to);
        }
    }

    /** FIN behind all that is on its way there. */
    private void endOutput(Channel to) {
        ChannelFutureListener behindAll = written -> {
            if (clientEnd.isInputOver() && backendEnd.isInputOver()) {
                // The last direction: what is in the other one has been written before its own FIN.
                finishWhenWritten(to);
            } else if (!over) {
                TcpRelayListener.endOutput(to);
            }
        };
        var unused = to.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(behindAll);
    }

    private void finishWhenWritten(Channel last) {
        Channel first = last == client ? backend : client;
        if (first == null) {
            close(Counter.RELAY_CLOSED_DONE);
            return;
        }
        ChannelFutureListener done = written -> close(Counter.RELAY_CLOSED_DONE);
        var unused = first.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done);
    }

    /** That end is gone, in an orderly way or not. */
    void gone(TcpEnd at, @Nullable Throwable cause) {
        if (over || (at == backendEnd && !joined)) {
            return;
        }
        if (cause == null && clientEnd.isInputOver() && backendEnd.isInputOver()) {
            // Both have said all: what is on its way to the other one still goes, and then both are closed.
            return;
        }
        if (at == backendEnd && !backendSpoke) {
            loop.failed(target, BackendCounter.RESETS);
        }
        reset(at == clientEnd ? Counter.RELAY_CLOSED_BY_CLIENT : Counter.RELAY_CLOSED_BY_BACKEND);
    }

    /** The program failed. */
    void broken(Throwable cause) {
        if (!over) {
            log.error("connection from {}: closed after a failure of our own", source, cause);
            reset(Counter.RELAY_CLOSED_INTERNAL_ERROR);
        }
    }

    /** No backend gets it. */
    void refuse(Counter why) {
        reset(why);
    }

    private void reset(Counter why) {
        TcpRelayListener.reset(client);
        Channel other = backend;
        if (other != null) {
            TcpRelayListener.reset(other);
        }
        close(why);
    }

    private void close(Counter why) {
        if (over) {
            return;
        }
        over = true;
        loop.count(why);
        loop.remove(this);
        if (target != Target.NONE) {
            endTarget();
        }
        early.forEach(ByteBuf::release);
        early.clear();
        var unused = client.close();
        Channel other = backend;
        if (other != null) {
            unused = other.close();
        }
    }

    private void endTarget() {
        loop.of(target).increment(BackendCounter.RELAYS_ENDED);
        Choosing.ended(target);
    }

    private @Nullable Channel other(TcpEnd end) {
        return end == clientEnd ? backend : client;
    }

    private @Nullable Channel channel(TcpEnd end) {
        return end == clientEnd ? client : backend;
    }

    @Override
    public void look(long nowNanos) {
        long idle = options.idleTimeout().toNanos();
        if (idle > 0 && nowNanos - lastNanos >= idle) {
            close(Counter.RELAY_CLOSED_IDLE);
        }
    }

    @Override
    public void look(RoutingSnapshot snapshot) {
        if (joined && !snapshot.knows(target.identity())) {
            close(Counter.RELAY_CLOSED_DRAINED);
        }
    }

    @Override
    public void shutDown() {
        close(Counter.RELAY_CLOSED_DONE);
    }

    static InetSocketAddress local(Channel channel) {
        return (InetSocketAddress) channel.localAddress();
    }
}
