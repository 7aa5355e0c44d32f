package org.strowger.proxy;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.strowger.proxy.forwarding.MessagePath;
import org.strowger.proxy.inflight.TimerWheel;
import org.strowger.proxy.proxyprotocol.DatagramGate;
import org.strowger.proxy.proxyprotocol.ProxyProtocolGate;
import org.strowger.proxy.routing.Ingress;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.spreading.Spreading;
import org.strowger.proxy.transport.CloseReason;
import org.strowger.proxy.transport.DatagramHandler;
import org.strowger.proxy.transport.DatagramPort;
import org.strowger.proxy.transport.Flow;
import org.strowger.proxy.transport.FramingFailure;
import org.strowger.proxy.transport.HandOverHandler;
import org.strowger.proxy.transport.StreamHandler;
import org.strowger.proxy.transport.UndeliveredReason;
import org.strowger.sip.IpPort;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/** One event loop's end of all sockets: says where each message came in and gives it to the {@link MessagePath}. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class SipLoop implements StreamHandler, HandOverHandler {
    /** What the port towards backends of event loop 0 is called when its datagrams are handed over. */
    private static final int FIRST_BACKEND_PORT = RoutingSnapshot.BACKEND_SIDE + 1;

    private static final int MOST_TICKS_HELD = 100;
    private static final IpPort NOWHERE = new IpPort();

    private final EventLoop eventLoop;
    private final LoopSockets sockets;
    private final MessagePath path;
    private final DatagramAnswers answers;
    private final LoopObserver observer;
    private final Spreading spreading;
    private final Ingress ingress = new Ingress();
    private final List<PortHandler> ports = new ArrayList<>();
    private final Runnable tick = this::tick;
    /** Of the listeners behind a proxy that speaks the PROXY protocol, by number. */
    private final @Nullable DatagramGate[] gates = new @Nullable DatagramGate[RoutingSnapshot.BACKEND_SIDE];
    /** What is behind a header, where others expect it to begin at 0. */
    private byte[] payload = new byte[0];

    private boolean ticking;
    private int ticksHeld;

    SipLoop(
            EventLoop eventLoop,
            LoopSockets sockets,
            MessagePath path,
            DatagramAnswers answers,
            LoopObserver observer,
            Spreading spreading) {
        this.eventLoop = eventLoop;
        this.sockets = sockets;
        this.path = path;
        this.answers = answers;
        this.observer = observer;
        this.spreading = spreading;
    }

    /** From now on messages are taken from the ports that there are. On the event loop. */
    void serve() {
        ports.forEach(PortHandler::serve);
    }

    /**
     * What a port of listener {@code number}, or of {@link RoutingSnapshot#BACKEND_SIDE}, receives: nothing before {@link
     * #serve}, so that it can be opened before there is a snapshot that knows it. On the event loop.
     */
    DatagramHandler onListener(int number) {
        PortHandler port = new PortHandler(number);
        ports.add(port);
        return port;
    }

    /** That port is closed. On the event loop. */
    void forget(DatagramHandler port) {
        ports.removeIf(known -> known == port);
    }

    /** From whom that listener takes the PROXY protocol. On the event loop. */
    void expect(int listener, ProxyProtocolGate.Terms terms) {
        gates[listener] =
                terms.equals(ProxyProtocolGate.Terms.NONE) ? null : new DatagramGate(terms, observer.headers());
    }

    /** What waited for that look-up goes on. */
    void nameKnown(long lookup) {
        path.nameKnown(lookup);
        batchEnds();
    }

    /** What was received is handled: answers go out, and the clock runs while requests are in flight. */
    private void batchEnds() {
        sockets.flushDatagrams();
        if (!ticking && path.hasTimers()) {
            ticking = true;
            schedule();
        }
    }

    private void schedule() {
        var unused = eventLoop.schedule(tick, TimerWheel.TICK_NANOS, TimeUnit.NANOSECONDS);
    }

    /** While answers wait unread, what looks like a silent backend is our own delay: time stands still, for a second at most. */
    private void tick() {
        if (sockets.isBehind() && ticksHeld < MOST_TICKS_HELD) {
            ticksHeld++;
            schedule();
            return;
        }
        ticksHeld = 0;
        ticking = path.tick();
        sockets.flushDatagrams();
        if (ticking) {
            schedule();
        }
    }

    @Override
    public void onMessage(Flow flow, byte[] bytes, int from, int to) {
        cameOn(flow);
        path.accept(bytes, from, to, ingress);
    }

    @Override
    public void onBroken(Flow flow, FramingFailure failure, byte[] head, int from, int to) {
        observer.streamBroken(failure);
        if (to > from && failure.status() != 0) {
            cameOn(flow);
            path.refuse(head, from, to, ingress, failure.status(), failure.text());
        }
    }

    @Override
    public void onUndelivered(Flow flow, byte[] bytes, int from, int to, UndeliveredReason reason) {
        cameOn(flow);
        if (flow.listener() == Flow.OUTBOUND) {
            observer.undelivered(flow.transport(), flow.remote());
            path.undelivered(bytes, from, to, ingress);
        } else {
            path.flowGone(bytes, from, to, ingress);
        }
        batchEnds();
    }

    @Override
    public void onInvite(Flow flow, byte[] bytes, int from, int to) {
        path.invited(flow.id(), bytes, from, to);
    }

    @Override
    public void onClosed(Flow flow, CloseReason reason) {
        if (flow.listener() == Flow.OUTBOUND && reason != CloseReason.REQUESTED && reason != CloseReason.SHUTDOWN) {
            path.unreachable(flow.remote(), flow.transport());
            batchEnds();
        } else if (flow.listener() != Flow.OUTBOUND) {
            cameOn(flow);
            if (path.flowEnded(ingress)) {
                batchEnds();
            }
        }
    }

    @Override
    public void onReadComplete() {
        batchEnds();
    }

    @Override
    public void onDatagram(int port, IpPort source, byte[] bytes, int from, int to) {
        DatagramGate gate = port < FIRST_BACKEND_PORT ? gates[port] : null;
        if (gate == null) {
            cameTo(port, source);
            path.accept(bytes, from, to, ingress);
            return;
        }
        // Handed over as it came, with its header.
        int start = gate.pass(bytes, from, to, source);
        if (start != DatagramGate.DROPPED) {
            ingress.setDatagram(port, gate.source(), source);
            path.accept(bytes, start, to, ingress);
        }
    }

    @Override
    public void sendDatagram(IpPort to, byte[] bytes, int from, int end) {
        sockets.sendToBackend(to, bytes, from, end);
    }

    /** A listener's number, or that of the first loop's port towards backends plus the number of the loop. */
    private void cameTo(int port, IpPort source) {
        if (port < FIRST_BACKEND_PORT) {
            ingress.setDatagram(port, source);
        } else {
            ingress.setBackendDatagram(port - FIRST_BACKEND_PORT, source);
        }
    }

    @Override
    public void onFlowGone(long flowId, byte[] bytes, int from, int to) {
        observer.flowGone();
        ingress.setStream(RoutingSnapshot.BACKEND_SIDE, Transport.TCP, flowId, NOWHERE);
        path.flowGone(bytes, from, to, ingress);
    }

    @Override
    public void onHandOverComplete() {
        batchEnds();
    }

    private void cameOn(Flow flow) {
        int listener = flow.listener() == Flow.OUTBOUND ? RoutingSnapshot.BACKEND_SIDE : flow.listener();
        ingress.setStream(listener, flow.transport(), flow.id(), flow.remote());
        ingress.setPeer(flow.peer());
    }

    /** The receiving end of the sockets of one listener on this loop. */
    @RunsOn(RunsOn.Runner.EVENT_LOOP)
    private final class PortHandler implements DatagramHandler {
        private final int port;
        private boolean serving;

        PortHandler(int listener) {
            this.port = listener == RoutingSnapshot.BACKEND_SIDE ? FIRST_BACKEND_PORT + sockets.loop() : listener;
        }

        void serve() {
            serving = true;
        }

        @Override
        public void onDatagram(DatagramPort socket, byte[] bytes, int length, IpPort source) {
            DatagramGate gate = port < FIRST_BACKEND_PORT ? gates[port] : null;
            if (serving && gate != null) {
                relayed(gate, socket, bytes, length, source);
                return;
            }
            if (!serving || answers.isTaken(socket, bytes, length, source, source)) {
                return;
            }
            int owner = spreading.ownerOf(bytes, length, source);
            if (owner == Spreading.HERE) {
                cameTo(port, source);
                path.accept(bytes, 0, length, ingress);
            } else {
                observer.handedOver();
                sockets.handOver(owner, port, source, bytes, length);
            }
        }

        /** @param sender the proxy in front, or somebody who needs none */
        private void relayed(DatagramGate gate, DatagramPort socket, byte[] bytes, int length, IpPort sender) {
            int start = gate.pass(bytes, 0, length, sender);
            if (start == DatagramGate.DROPPED) {
                return;
            }
            int rest = length - start;
            if (payload.length < rest) {
                payload = new byte[Math.max(rest, 4096)];
            }
            System.arraycopy(bytes, start, payload, 0, rest);
            if (answers.isTaken(socket, payload, rest, gate.source(), sender)) {
                return;
            }
            // The kernel has spread the proxy's ports over the loops: what makes a loop heavy is the sender.
            int owner = spreading.ownerOf(payload, rest, sender);
            if (owner == Spreading.HERE) {
                ingress.setDatagram(port, gate.source(), sender);
                path.accept(payload, 0, rest, ingress);
            } else {
                observer.handedOver();
                sockets.handOver(owner, port, sender, bytes, length);
            }
        }

        @Override
        public void onIcmpError(DatagramPort socket, IpPort peer, int errno) {
            observer.icmpError(peer);
            path.unreachable(peer, Transport.UDP);
        }

        @Override
        public void onReadComplete() {
            batchEnds();
        }
    }
}
