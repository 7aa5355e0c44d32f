package org.strowger.proxy.routing;

import org.strowger.sip.Transport;

/**
 * A listener as the data path sees it.
 *
 * @param number 0..254, made of its name so that it outlives changes of the file; what cookies carry
 * @param name as in the file
 * @param transport UDP or TCP
 * @param isIpv4 family of the bound address
 * @param isInternal true on the backends' side
 * @param isForceRport true when responses go to the source port even without an rport parameter
 * @param viaPrefix our Via up to and including {@code ;branch=} for requests that leave here
 */
@SuppressWarnings("ArrayRecordComponent") // read on the data path; the snapshot owns it and never writes it
public record SipListener(
        int number,
        String name,
        Transport transport,
        boolean isIpv4,
        boolean isInternal,
        boolean isForceRport,
        byte[] viaPrefix) {}
