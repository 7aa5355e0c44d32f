package org.strowger.proxy;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.strowger.proxy.forwarding.Egress;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.transport.BackendConnections;
import org.strowger.proxy.transport.DatagramPort;
import org.strowger.proxy.transport.Flow;
import org.strowger.proxy.transport.FlowEra;
import org.strowger.proxy.transport.FlowIds;
import org.strowger.proxy.transport.Flows;
import org.strowger.proxy.transport.HandOver;
import org.strowger.sip.IpPort;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/** The sockets of one event loop: listener ports by number, the backends' ports by family, flows and connections. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class LoopSockets implements Egress {
    private final int loop;
    private final FlowEra era;
    private final Flows flows;
    private final BackendConnections connections;
    private final @Nullable DatagramPort[] listenerPorts = new @Nullable DatagramPort[RoutingSnapshot.BACKEND_SIDE];
    private DatagramPort[] ports = new DatagramPort[0];
    private @Nullable DatagramPort backendIpv4;
    private @Nullable DatagramPort backendIpv6;
    private @Nullable HandOver handOver;

    LoopSockets(int loop, FlowEra era, Flows flows, BackendConnections connections) {
        this.loop = loop;
        this.era = era;
        this.flows = flows;
        this.connections = connections;
    }

    /** What is sent by that listener leaves by {@code port} from now on. Before traffic starts, or on the event loop. */
    void setListenerPort(int listener, DatagramPort port) {
        listenerPorts[listener] = port;
        addPort(port);
    }

    /** A port that is about to close: nothing is sent by it any more. On the event loop. */
    void remove(int listener, DatagramPort port) {
        if (listener < listenerPorts.length && listenerPorts[listener] == port) {
            listenerPorts[listener] = null;
        }
        backendIpv4 = backendIpv4 == port ? null : backendIpv4;
        backendIpv6 = backendIpv6 == port ? null : backendIpv6;
        ports = Arrays.stream(ports).filter(known -> known != port).toArray(DatagramPort[]::new);
    }

    /** Before traffic starts, or on the event loop. */
    void setBackendPort(DatagramPort port, boolean isIpv4) {
        if (isIpv4) {
            backendIpv4 = port;
        } else {
            backendIpv6 = port;
        }
        addPort(port);
    }

    private void addPort(DatagramPort port) {
        ports = Arrays.copyOf(ports, ports.length + 1);
        ports[ports.length - 1] = port;
    }

    /** Before traffic starts. */
    void setHandOver(HandOver others) {
        handOver = others;
    }

    @Override
    public boolean datagram(int listener, IpPort to, byte[] bytes, int length) {
        DatagramPort port = listener == RoutingSnapshot.BACKEND_SIDE
                ? (to.isIpv4() ? backendIpv4 : backendIpv6)
                : listenerPorts[listener];
        if (port == null) {
            return false;
        }
        port.send(bytes, 0, length, to);
        return true;
    }

    @Override
    public boolean datagramFrom(int portLoop, IpPort to, byte[] bytes, int length) {
        HandOver others = handOver;
        if (portLoop == loop || others == null || portLoop >= others.loops()) {
            return datagram(RoutingSnapshot.BACKEND_SIDE, to, bytes, length);
        }
        others.sendDatagram(portLoop, to, bytes, length);
        return true;
    }

    /** What another loop wants sent from here. */
    void sendToBackend(IpPort to, byte[] bytes, int from, int end) {
        DatagramPort port = to.isIpv4() ? backendIpv4 : backendIpv6;
        if (port != null) {
            port.send(bytes, from, end - from, to);
        }
    }

    int loop() {
        return loop;
    }

    @Override
    public boolean flow(long id, byte[] bytes, int length) {
        if (!era.mayHave(id)) {
            return false;
        }
        if (FlowIds.loop(id) == loop) {
            Flow flow = flows.table().get(id);
            if (!flow.isOpen()) {
                return false;
            }
            flow.send(bytes, 0, length);
            return true;
        }
        HandOver others = handOver;
        if (others == null) {
            return false;
        }
        others.sendOnFlow(id, bytes, 0, length);
        return true;
    }

    @Override
    public void connection(Transport transport, IpPort to, byte[] bytes, int length) {
        connections.connection(transport, to).send(bytes, 0, length);
    }

    /** Gives a datagram of that port to another loop. */
    void handOver(int toLoop, int port, IpPort source, byte[] bytes, int length) {
        Objects.requireNonNull(handOver, "handOver").datagram(toLoop, port, source, bytes, length);
    }

    /** True while backends' datagrams that have arrived are not read yet. */
    boolean isBehind() {
        return isBehind(backendIpv4) || isBehind(backendIpv6);
    }

    private static boolean isBehind(@Nullable DatagramPort port) {
        return port != null && port.isBehind();
    }

    /** Sends what the datagram ports hold. */
    void flushDatagrams() {
        for (DatagramPort port : ports) {
            port.flush();
        }
    }
}
