package org.strowger.proxy.relay;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.DatagramChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.strowger.proxy.metrics.BackendCounter;
import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.proxyprotocol.DatagramGate;
import org.strowger.proxy.proxyprotocol.ProxyHeaderWriter;
import org.strowger.proxy.routing.Pool;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.routing.Target;
import org.strowger.proxy.transport.DatagramHandler;
import org.strowger.proxy.transport.DatagramPort;
import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/** One event loop's part of a UDP relay: the flows of the clients whose datagrams the kernel gives to this loop. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class UdpRelay implements DatagramHandler, RelayLoop.Swept {
    private static final int MAX_DATAGRAM = 65_535;
    private static final FixedRecvByteBufAllocator READS = new FixedRecvByteBufAllocator(MAX_DATAGRAM + 1);

    private final RelayLoop loop;
    private final FlowKey key;
    private final String name;
    private final int loops;
    /** The one that was silent for longest comes first. */
    private final Map<FlowKey, UdpFlow> flows = new LinkedHashMap<>(64, 0.75f, true);

    private final List<UdpFlow> dirty = new ArrayList<>();
    private final byte[] answer = new byte[MAX_DATAGRAM];
    private UdpRelayOptions options;
    private DatagramGate gate;
    private RelayPicture seen = RelayPicture.EMPTY;
    private @Nullable Pool pool;
    private @Nullable DatagramPort port;
    private volatile int open;
    private boolean serving;
    private boolean closed;

    /**
     * @param name of the listener
     * @param loops that share the options' number of flows
     */
    UdpRelay(RelayLoop loop, String name, int loops, UdpRelayOptions options, long salt) {
        this.loop = loop;
        this.name = name;
        this.loops = loops;
        this.options = options;
        this.gate = new DatagramGate(options.terms(), loop.headers());
        this.key = new FlowKey(salt);
    }

    RelayLoop loop() {
        return loop;
    }

    void open(DatagramPort bound) {
        port = bound;
        loop.add(this);
    }

    void serve() {
        serving = true;
    }

    /** Takes over what is another since the last time. */
    @SuppressWarnings("ReferenceEquality") // for each datagram: whether there has been a change at all
    private void see() {
        RelayPicture now = loop.picture();
        if (now == seen) {
            return;
        }
        seen = now;
        UdpRelayOptions newest = now.udp().getOrDefault(name, options);
        if (newest != options) {
            options = newest;
            gate = new DatagramGate(newest.terms(), loop.headers());
        }
        pool = now.snapshot().pool(options.use().pool());
    }

    /** Flows now; any thread. */
    int open() {
        return open;
    }

    @Override
    public void onDatagram(DatagramPort at, byte[] bytes, int length, IpPort sender) {
        see();
        int from = serving ? gate.pass(bytes, 0, length, sender) : DatagramGate.DROPPED;
        if (from == DatagramGate.DROPPED) {
            return;
        }
        UdpFlow flow = flows.get(key.set(sender, gate.source()));
        flow = flow == null ? begun(Target.NONE) : standing(flow);
        if (flow == null) {
            loop.count(Counter.RELAY_DROP_NO_BACKEND);
            return;
        }
        flow.send(bytes, from, length, loop.nanoTime());
        dirty.add(flow);
    }

    /** That flow, or the one in its place when its backend is gone. */
    private @Nullable UdpFlow standing(UdpFlow flow) {
        Pool mine = pool;
        if (!flow.isUnreachable() && mine != null && mine.keeps(flow.target().identity())) {
            return flow;
        }
        flows.remove(flow.key());
        end(flow);
        UdpFlow next = begun(flow.target());
        loop.count(next == null ? Counter.RELAY_FLOW_LOST : Counter.RELAY_FLOW_MOVED);
        return next;
    }

    /** A flow of {@link #key} to a backend that is not {@code instead}, unless there is no other one. */
    private @Nullable UdpFlow begun(Target instead) {
        Pool mine = pool;
        if (mine == null) {
            return null;
        }
        List<Target> tried = instead == Target.NONE ? List.of() : sameIn(mine, instead);
        Target target = loop.choosing().pick(mine, key.source(), tried);
        if (target == Target.NONE && !tried.isEmpty()) {
            target = loop.choosing().pick(mine, key.source(), List.of());
        }
        if (target == Target.NONE) {
            return null;
        }
        if (flows.size() >= Math.max(1, options.maxFlows() / loops)) {
            evict();
        }
        FlowKey own = key.copy();
        UdpFlow flow = new UdpFlow(this, own, target, header(own));
        Channel connected = connect(flow);
        if (connected == null) {
            Choosing.ended(target);
            loop.count(Counter.RELAY_DROP_NO_SOCKET);
            return null;
        }
        flow.open(connected);
        flows.put(own, flow);
        open = flows.size();
        loop.count(Counter.RELAY_FLOW_BEGUN);
        loop.of(target).increment(BackendCounter.RELAYS_BEGUN);
        return flow;
    }

    /** Snapshots do not share their targets. */
    private static List<Target> sameIn(Pool pool, Target target) {
        for (int i = 0; i < pool.size(); i++) {
            if (pool.member(i).identity() == target.identity()) {
                return List.of(pool.member(i));
            }
        }
        return List.of();
    }

    private byte[] header(FlowKey of) {
        if (options.use().header() == PoolUse.Header.NONE || port == null) {
            return new byte[0];
        }
        ProxyHeaderWriter writer = loop.headerWriter();
        int length = writer.begin(ProxyHeaderWriter.Payload.DATAGRAM, of.source(), IpPort.of(port.localAddress()))
                .end();
        return Arrays.copyOf(writer.bytes(), length);
    }

    /** On the loop all of it completes, or fails, before it returns. */
    private @Nullable Channel connect(UdpFlow flow) {
        DatagramChannel channel;
        try {
            channel = loop.mode().newDatagramChannel();
        } catch (ChannelException e) {
            return null;
        }
        channel.config().setRecvByteBufAllocator(READS);
        channel.pipeline().addLast(flow);
        Throwable failure = loop.loop().register(channel).cause();
        if (failure == null) {
            failure = channel.connect(flow.target().backend().address()).cause();
        }
        if (failure == null) {
            return channel;
        }
        var unused = channel.close();
        return null;
    }

    private void evict() {
        Iterator<UdpFlow> eldest = flows.values().iterator();
        UdpFlow flow = eldest.next();
        eldest.remove();
        end(flow);
        loop.count(Counter.RELAY_FLOW_EVICTED);
    }

    /** After it was removed. */
    private void end(UdpFlow flow) {
        open = flows.size();
        flow.close();
        loop.of(flow.target()).increment(BackendCounter.RELAYS_ENDED);
        Choosing.ended(flow.target());
    }

    @Override
    public void onReadComplete() {
        for (int i = 0; i < dirty.size(); i++) {
            dirty.get(i).flush();
        }
        dirty.clear();
    }

    /** A client that has gone away: its flow ends by its time. */
    @Override
    public void onIcmpError(DatagramPort at, IpPort peer, int errno) {}

    /** Queues an answer of a backend. */
    void toClient(FlowKey client, ByteBuf bytes) {
        DatagramPort out = port;
        int length = bytes.readableBytes();
        if (out != null && length <= answer.length) {
            flows.get(client);
            bytes.readBytes(answer, 0, length);
            out.send(answer, 0, length, client.sender());
        }
    }

    void flushClients() {
        if (port != null) {
            port.flush();
        }
    }

    @Override
    public void look(long nowNanos) {
        see();
        long timeout = options.flowTimeout().toNanos();
        for (Iterator<UdpFlow> all = flows.values().iterator(); all.hasNext(); ) {
            UdpFlow flow = all.next();
            if (nowNanos - flow.lastNanos() < timeout) {
                break;
            }
            all.remove();
            end(flow);
            loop.count(Counter.RELAY_FLOW_EXPIRED);
        }
        if (closed && flows.isEmpty()) {
            shutDown();
        }
    }

    /** What is merely down is looked at by each flow with its next datagram. */
    @Override
    public void look(RoutingSnapshot snapshot) {
        for (Iterator<UdpFlow> all = flows.values().iterator(); all.hasNext(); ) {
            UdpFlow flow = all.next();
            if (!snapshot.knows(flow.target().identity())) {
                all.remove();
                end(flow);
                loop.count(Counter.RELAY_FLOW_DRAINED);
            }
        }
    }

    /** No new datagrams; the socket goes, and all flows with it: their answers could not leave any more. */
    void close() {
        serving = false;
        closed = true;
        shutDown();
    }

    @Override
    public void shutDown() {
        List<UdpFlow> all = List.copyOf(flows.values());
        flows.clear();
        all.forEach(this::end);
        loop.remove(this);
        DatagramPort open = port;
        port = null;
        if (open != null) {
            open.close();
        }
    }
}
