package org.strowger.proxy.transport;

import java.net.InetSocketAddress;
import org.strowger.sip.IpPort;

/**
 * A bound UDP socket of one event loop. Called from that loop only.
 *
 * <p>{@link #send} copies the bytes and queues them; nothing reaches the kernel before {@link #flush}, so that one
 * system call carries a batch. A datagram that the kernel refuses is counted, never retried: UDP's sender retransmits.
 */
public interface DatagramPort {

    /** The address this socket is bound to, with the port that the kernel chose when 0 was asked for. */
    InetSocketAddress localAddress();

    /** Queues one datagram. The caller may reuse the array and the address as soon as this returns. */
    void send(byte[] bytes, int offset, int length, IpPort to);

    /** Hands all queued datagrams to the kernel. */
    void flush();

    /** True when there was more to read when the loop turned to its other work. */
    default boolean isBehind() {
        return false;
    }

    /** What went through this port; may be read from any thread. A port that does not count answers zeros. */
    default DatagramCounters counters() {
        return new DatagramCounters();
    }

    /** Closes the socket; queued datagrams are sent first. What is sent after that is dropped. */
    void close();
}
