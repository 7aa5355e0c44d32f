package org.strowger.proxy;

import org.strowger.proxy.transport.DatagramPort;
import org.strowger.sip.IpPort;

/** Answers the datagrams on a SIP port that are no SIP: STUN binding requests and keep-alives. */
interface DatagramAnswers {

    /**
     * True when the datagram needs no further attention.
     *
     * @param source whose it is
     * @param sender where it came from and an answer has to go; the same, but for a proxy in front
     */
    boolean isTaken(DatagramPort port, byte[] bytes, int length, IpPort source, IpPort sender);
}
