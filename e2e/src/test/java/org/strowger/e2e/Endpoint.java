package org.strowger.e2e;

import org.strowger.sip.Transport;

/** One end of a path: transport, address (IPv6 without brackets) and port. */
record Endpoint(Transport transport, String address, int port) {
    /** The default SIP port on an address. */
    static Endpoint of(Transport transport, String address) {
        return new Endpoint(transport, address, 5060);
    }

    String hostPort() {
        return (address.indexOf(':') >= 0 ? "[" + address + "]" : address) + ":" + port;
    }

    /** As a backend is written in a configuration. */
    String backend() {
        return transport.name().toLowerCase(java.util.Locale.ROOT) + ":" + hostPort();
    }
}
