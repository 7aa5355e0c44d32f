package org.strowger.e2e;

import org.strowger.sip.Transport;

/** From a client through the proxy to a backend: the transport of either side, and the proxy's port for that pair. */
enum TortureWay {
    UDP_UDP(Transport.UDP, Transport.UDP, 5060),
    TCP_TCP(Transport.TCP, Transport.TCP, 5060),
    UDP_TCP(Transport.UDP, Transport.TCP, 5070),
    TCP_UDP(Transport.TCP, Transport.UDP, 5070);

    private final Transport client;
    private final Transport backend;
    private final int port;

    TortureWay(Transport client, Transport backend, int port) {
        this.client = client;
        this.backend = backend;
        this.port = port;
    }

    Transport client() {
        return client;
    }

    Transport backend() {
        return backend;
    }

    /** Where the proxy takes messages for this way. */
    int port() {
        return port;
    }
}
