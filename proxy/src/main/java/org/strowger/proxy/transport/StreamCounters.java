package org.strowger.proxy.transport;

import org.strowger.proxy.proxyprotocol.ProxyProtocolGate;
import org.strowger.sip.IpPort;
import org.strowger.sip.Transport;

/** What the flows of one event loop count; called on that loop only. */
public interface StreamCounters {

    /** A listener accepted a connection. */
    void accepted(int listener);

    /** A listener closed a connection at once because it holds as many as it may. */
    void refused(int listener);

    /** A flow ended. */
    void closed(CloseReason reason);

    /** A connection to a backend was made. */
    void connected();

    /** A connection to a backend that had failed or ended before was made again; comes with {@link #connected()}. */
    void reconnected();

    /** A connection to a backend could not be made, for whichever reason. */
    void connectFailed();

    /** The peer, or the way to it, is why a connection could not be made; comes with {@link #connectFailed()}. */
    void connectFailed(Transport transport, IpPort peer);

    /** A connection that we had made was reset by its peer, or nothing sent on it was acknowledged in time. */
    void connectionReset(Transport transport, IpPort peer);

    /** A message met a full outbound queue. */
    void queueOverflow();

    /** A message for another loop was dropped because that loop is too far behind. */
    void handOverDropped();

    /** Counts headers of the PROXY protocol. */
    ProxyProtocolGate.Counts headers();

    /** A silent peer was asked for a sign of life. */
    void asked();

    /** Bytes read from a flow. */
    void received(int bytes);

    /** Bytes the kernel took from a flow. */
    void sent(int bytes);
}
