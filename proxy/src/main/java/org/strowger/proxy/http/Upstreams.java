package org.strowger.proxy.http;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.strowger.discovery.Protocol;
import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.routing.Target;
import org.strowger.proxy.transport.IoMode;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/** The connections of one event loop to HTTP backends: those in use, counted, and those kept open for the next request. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class Upstreams {
    private final HttpLoop loop;
    private final IoMode mode;
    private final BackendTls tls;
    private final Map<Long, Held> byBackend = new HashMap<>();

    /** Connections to one backend. */
    private static final class Held {
        private final ArrayDeque<Upstream> idle = new ArrayDeque<>();
        private final Set<Upstream> open = Collections.newSetFromMap(new IdentityHashMap<>());
    }

    Upstreams(HttpLoop loop, IoMode mode, BackendTls tls) {
        this.loop = loop;
        this.mode = mode;
        this.tls = tls;
    }

    /** A connection that waits for a request, the last used first, or null. */
    @Nullable
    Upstream takeIdle(Target backend) {
        Held held = byBackend.get(backend.identity());
        if (held == null) {
            return null;
        }
        Upstream found = held.idle.pollLast();
        while (found != null && !found.isUsable()) {
            found = held.idle.pollLast();
        }
        if (found != null) {
            loop.count(Counter.HTTP_BACKEND_CONNECTIONS_REUSED);
        }
        return found;
    }

    /** Makes a connection for that exchange, which hears of it; false when there are too many. */
    boolean connect(Target backend, Exchange exchange, HttpOptions options) {
        Held held = byBackend.computeIfAbsent(backend.identity(), unused -> new Held());
        if (held.open.size() >= options.limits().backendConnections()) {
            return false;
        }
        Upstream upstream = new Upstream(loop, backend, options.headLimits());
        held.open.add(upstream);
        upstream.serve(exchange);
        boolean encrypted = isEncrypted(backend);
        ChannelFuture connecting = new Bootstrap()
                .group(loop.eventLoop())
                .channelFactory(mode::newChannel)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        options.times().connect().toMillis())
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (encrypted) {
                            channel.pipeline().addLast(tls.handler(channel, backend));
                        }
                        channel.pipeline().addLast(upstream);
                    }
                })
                .disableResolver()
                .connect(backend.backend().address());
        connecting.channel().closeFuture().addListener(closed -> gone(backend, upstream));
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                upstream.notConnected();
            } else if (!encrypted) {
                upstream.connected();
            }
        });
        return true;
    }

    static boolean isEncrypted(Target backend) {
        return backend.backend().protocol() == Protocol.HTTP && backend.transport() == Transport.TLS;
    }

    private void gone(Target backend, Upstream upstream) {
        Held held = byBackend.get(backend.identity());
        if (held != null) {
            held.idle.remove(upstream);
            held.open.remove(upstream);
            if (held.open.isEmpty()) {
                byBackend.remove(backend.identity());
            }
        }
    }

    /** Keeps a connection for the next request, or closes it. */
    void release(Upstream upstream, HttpOptions options) {
        Held held = byBackend.get(upstream.backend().identity());
        if (held != null
                && !loop.isClosing()
                && held.idle.size() < options.limits().idleConnections()) {
            held.idle.addLast(upstream);
            upstream.rest(options.times().backendIdle());
        } else {
            upstream.close();
        }
    }

    /** Connections now open. */
    int open() {
        return byBackend.values().stream().mapToInt(held -> held.open.size()).sum();
    }

    /** Ends what there is with backends that nobody knows any more: they were taken out, and their time is over. */
    void keepOnly(LongPredicate known) {
        List<Upstream> ending = new ArrayList<>();
        byBackend.forEach((identity, held) -> {
            if (!known.test(identity)) {
                ending.addAll(held.open);
            }
        });
        ending.forEach(Upstream::takenOut);
    }

    void close() {
        List<Upstream> waiting = new ArrayList<>();
        byBackend.values().forEach(held -> waiting.addAll(held.idle));
        waiting.forEach(Upstream::close);
    }
}
