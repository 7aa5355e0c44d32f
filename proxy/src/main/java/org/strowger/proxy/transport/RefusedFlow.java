package org.strowger.proxy.transport;

import java.util.Arrays;
import org.strowger.sip.IpPort;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/** A flow to a backend for which there was no socket: closed from the start, returns what is sent on it. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class RefusedFlow implements Flow {
    private final Flows flows;
    private final Transport transport;
    private final IpPort remote = new IpPort();
    private final IpPort local = new IpPort();

    RefusedFlow(Flows flows, Transport transport, IpPort remote) {
        this.flows = flows;
        this.transport = transport;
        this.remote.set(remote);
    }

    @Override
    public long id() {
        return 0;
    }

    @Override
    public Transport transport() {
        return transport;
    }

    @Override
    public IpPort remote() {
        return remote;
    }

    @Override
    public IpPort local() {
        return local;
    }

    @Override
    public int listener() {
        return OUTBOUND;
    }

    @Override
    public void send(byte[] bytes, int offset, int length) {
        byte[] message = Arrays.copyOfRange(bytes, offset, offset + length);
        flows.later(() -> flows.handler().onUndelivered(this, message, 0, length, UndeliveredReason.NOT_CONNECTED));
    }

    @Override
    public boolean isOpen() {
        return false;
    }

    @Override
    public void close(CloseReason reason) {
        // It never opened.
    }
}
