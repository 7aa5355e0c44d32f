package org.strowger.proxy.transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.strowger.sip.IpPort;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/**
 * The connections of one event loop to backends, one for each transport, peer and local address, made when first needed and
 * used for everything that goes there. Requests that a backend sends on such a connection arrive like any other; a
 * connection that a peer opened to us is never taken for one (RFC 5923: no alias without authentication).
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class BackendConnections {
    /** Stands for "the kernel chooses our address". */
    private static final IpPort ANY_LOCAL = new IpPort();

    private final Flows flows;
    private BackendConnectionOptions options;
    private final OutboundFront front;
    private final RandomGenerator random;
    private final IoMode mode;
    private final Bootstrap template;
    private final List<Map<IpPort, List<BackendConnection>>> byTransport = new ArrayList<>();
    private int count;

    /** May be called from any thread. */
    public BackendConnections(
            Flows flows, BackendConnectionOptions options, OutboundFront front, RandomGenerator random) {
        this.flows = flows;
        this.options = options;
        this.front = front;
        this.random = random;
        for (int i = 0; i < Transport.values().length; i++) {
            byTransport.add(new HashMap<>());
        }
        this.mode = IoMode.of(flows.loop());
        this.template = new Bootstrap()
                .group(flows.loop())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true);
        apply(options);
    }

    /** Settings of the connections made from now on. On the event loop. */
    public void use(BackendConnectionOptions now) {
        options = now;
        apply(now);
    }

    private void apply(BackendConnectionOptions now) {
        template.option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) now.connectTimeout().toMillis());
        if (mode == IoMode.EPOLL) {
            template.option(
                    EpollChannelOption.TCP_USER_TIMEOUT, (int) now.userTimeout().toMillis());
        }
    }

    /**
     * The flow to {@code peer}: the open one, one that is being connected now and queues, or, in the pause after a
     * failure, a closed one that returns what is sent on it.
     */
    public Flow connection(Transport transport, IpPort peer) {
        return connection(transport, peer, ANY_LOCAL);
    }

    /** The same from a local address; port 0 leaves the port to the kernel. */
    public Flow connection(Transport transport, IpPort peer, IpPort local) {
        assert flows.inEventLoop() : "called off the event loop";
        List<BackendConnection> ofPeer = of(transport).get(peer);
        if (ofPeer != null) {
            for (int i = 0; i < ofPeer.size(); i++) {
                BackendConnection connection = ofPeer.get(i);
                if (connection.transport() == transport && connection.local().same(local)) {
                    return connection.flow();
                }
            }
        }
        return open(transport, peer, local);
    }

    private Map<IpPort, List<BackendConnection>> of(Transport transport) {
        return byTransport.get(transport.ordinal());
    }

    /** Connects now, so that the first message need not wait. */
    public void warm(Transport transport, IpPort peer) {
        connection(transport, peer);
    }

    /** True when a message to {@code peer} would come back at once because it failed a moment ago. */
    public boolean inBackoff(Transport transport, IpPort peer) {
        List<BackendConnection> ofPeer = of(transport).get(peer);
        return ofPeer != null && ofPeer.stream().anyMatch(BackendConnection::inBackoff);
    }

    /** Ends the connections to a peer that is no longer wanted, and forgets it. */
    public void forget(Transport transport, IpPort peer) {
        List<BackendConnection> ofPeer = of(transport).remove(peer);
        if (ofPeer != null) {
            count -= ofPeer.size();
            ofPeer.forEach(connection -> connection.close(CloseReason.REQUESTED));
        }
    }

    /** Connections now known, open or not. */
    public int size() {
        return count;
    }

    private Flow open(Transport transport, IpPort peer, IpPort local) {
        if (count >= options.maxConnections()) {
            dropForgettable();
        }
        if (count >= options.maxConnections()) {
            flows.counters().connectFailed();
            return new RefusedFlow(flows, transport, peer);
        }
        Backoff backoff = new Backoff(
                options.firstBackoff().toNanos(), options.maxBackoff().toNanos(), random);
        BackendConnection connection = new BackendConnection(this, transport, peer, local, backoff);
        IpPort key = new IpPort();
        key.set(peer);
        of(transport).computeIfAbsent(key, k -> new ArrayList<>(1)).add(connection);
        count++;
        return connection.flow();
    }

    private void dropForgettable() {
        for (Map<IpPort, List<BackendConnection>> byPeer : byTransport) {
            for (List<BackendConnection> ofPeer : byPeer.values()) {
                int before = ofPeer.size();
                ofPeer.removeIf(BackendConnection::isForgettable);
                count -= before - ofPeer.size();
            }
            byPeer.values().removeIf(List::isEmpty);
        }
    }

    /** Starts connecting; the owner of the flow is told how it goes. */
    Flow connect(BackendConnection connection) {
        SocketChannel channel;
        try {
            channel = mode.newChannel();
        } catch (ChannelException e) {
            // No file descriptor left.
            connection.refused();
            return new RefusedFlow(flows, connection.transport(), connection.peer());
        }
        ConnectionFront.Framed as = front.prepare(connection.transport(), connection.peer(), channel);
        FlowSetup setup = new FlowSetup(
                Flow.OUTBOUND, as.transport(), options.maxQueuedBytes(), 0, 0, as.keepAlive(), connection);
        StreamFlow flow = new StreamFlow(flows, channel, connection.peer(), setup, as.framing());
        flows.add(flow);
        Bootstrap bootstrap = template.clone()
                .channelFactory(() -> channel)
                .handler(new StreamChannelHandler(flows, flow, as.framing()));
        InetSocketAddress peer = connection.peer().toSocketAddress();
        ChannelFuture connecting = connection.local().same(ANY_LOCAL)
                ? bootstrap.connect(peer)
                : bootstrap.connect(peer, connection.local().toSocketAddress());
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                flow.end(CloseReason.CONNECT_FAILED);
            }
        });
        return flow;
    }

    long nanoTime() {
        return flows.nanoTime();
    }

    long maxBackoffNanos() {
        return options.maxBackoff().toNanos();
    }

    void connected(boolean again) {
        flows.counters().connected();
        if (again) {
            flows.counters().reconnected();
        }
    }

    void connectFailed() {
        flows.counters().connectFailed();
    }

    void connectFailed(Transport transport, IpPort peer) {
        flows.counters().connectFailed(transport, peer);
    }

    void connectionReset(Transport transport, IpPort peer) {
        flows.counters().connectionReset(transport, peer);
    }
}
