package org.strowger.proxy.transport;

import org.jspecify.annotations.Nullable;
import org.strowger.sip.IpPort;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/**
 * The connection to one backend from one local address: the present flow and the pause after a failure. A connection
 * that ends young without a word from the peer counts as a failure too, or a backend that accepts and resets would be
 * asked without end.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class BackendConnection implements FlowSetup.Owner {
    private final BackendConnections connections;
    private final Transport transport;
    private final IpPort peer = new IpPort();
    private final IpPort local = new IpPort();
    private final Backoff backoff;
    private @Nullable Flow flow;
    private boolean everConnected;
    private boolean heardSinceOpen;
    private long openedNanos;
    private long retryNanos;

    BackendConnection(BackendConnections connections, Transport transport, IpPort peer, IpPort local, Backoff backoff) {
        this.connections = connections;
        this.transport = transport;
        this.peer.set(peer);
        this.local.set(local);
        this.backoff = backoff;
    }

    Transport transport() {
        return transport;
    }

    IpPort peer() {
        return peer;
    }

    IpPort local() {
        return local;
    }

    /** The present flow, a new one when that has ended and the pause is over. */
    Flow flow() {
        Flow present = flow;
        if (present != null && (present.isOpen() || inBackoff())) {
            return present;
        }
        heardSinceOpen = false;
        Flow fresh = connections.connect(this);
        flow = fresh;
        return fresh;
    }

    /** True when nothing is lost by forgetting this entry. */
    boolean isForgettable() {
        return flow == null || (!flow.isOpen() && !inBackoff());
    }

    boolean inBackoff() {
        return backoff.failures() > 0 && connections.nanoTime() - retryNanos < 0;
    }

    void close(CloseReason reason) {
        if (flow != null) {
            flow.close(reason);
        }
    }

    /** No connection could be made, be it for lack of a socket. */
    void refused() {
        connections.connectFailed();
        pause();
    }

    @Override
    public void opened(StreamFlow opened) {
        openedNanos = connections.nanoTime();
        connections.connected(everConnected || backoff.failures() > 0);
        everConnected = true;
    }

    @Override
    public void heard() {
        heardSinceOpen = true;
        backoff.reset();
    }

    @Override
    public void ended(StreamFlow ended, CloseReason reason) {
        if (reason == CloseReason.RESET || reason == CloseReason.TIMED_OUT) {
            connections.connectionReset(transport, peer);
        }
        if (reason == CloseReason.CONNECT_FAILED) {
            connections.connectFailed(transport, peer);
            refused();
        } else if (reason == CloseReason.REQUESTED || reason == CloseReason.SHUTDOWN) {
            backoff.reset();
        } else if (!heardSinceOpen && connections.nanoTime() - openedNanos < connections.maxBackoffNanos()) {
            pause();
        } else {
            backoff.reset();
        }
    }

    private void pause() {
        retryNanos = connections.nanoTime() + backoff.nextNanos();
    }
}
