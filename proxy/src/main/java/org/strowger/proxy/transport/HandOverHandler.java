package org.strowger.proxy.transport;

import org.strowger.sip.IpPort;

/** Receives on one event loop what other loops handed over to it. Arrays and addresses are valid during a call only. */
public interface HandOverHandler {

    /** A datagram that another loop received from {@code source} on the port it calls {@code port}. */
    void onDatagram(int port, IpPort source, byte[] bytes, int from, int to);

    /** A datagram that is to leave by this loop's port towards the backends. */
    void sendDatagram(IpPort to, byte[] bytes, int from, int end);

    /** A message for a flow of this loop that is no longer there. */
    void onFlowGone(long flowId, byte[] bytes, int from, int to);

    /** A batch has been handed over: flush what was queued. The stream flows flush themselves. */
    void onHandOverComplete();
}
