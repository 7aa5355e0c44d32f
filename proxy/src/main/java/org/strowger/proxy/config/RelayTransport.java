package org.strowger.proxy.config;

import org.strowger.sip.Transport;

/** What a relay carries without reading it. */
public enum RelayTransport {
    TCP_RELAY(Transport.TCP),
    UDP_RELAY(Transport.UDP);

    private final Transport carried;

    RelayTransport(Transport carried) {
        this.carried = carried;
    }

    /** What its backends speak. */
    public Transport carried() {
        return carried;
    }

    /** As in the file. */
    public String word() {
        return carried == Transport.TCP ? "tcp-relay" : "udp-relay";
    }
}
