package org.strowger.proxy.control;

import org.strowger.discovery.Backend;
import org.strowger.discovery.Protocol;
import org.strowger.proxy.config.PoolConfig;
import org.strowger.proxy.config.RelayTransport;
import org.strowger.sip.Transport;

/** What a pool is for, and what its backends have that begins and ends. */
public enum PoolKind {
    SIP("sip", "dialogs", "udp:, tcp:, tls:, ws: or wss:"),
    HTTP("http", "requests and WebSockets", "http: or https:"),
    TCP_RELAY("tcp-relay", "connections", "tcp:"),
    UDP_RELAY("udp-relay", "flows", "udp:");

    private final String word;
    private final String things;
    private final String schemes;

    PoolKind(String word, String things, String schemes) {
        this.word = word;
        this.things = things;
        this.schemes = schemes;
    }

    /** Of that pool. */
    static PoolKind of(PoolConfig pool) {
        if (pool.isHttp()) {
            return HTTP;
        }
        return pool.relay()
                .map(by -> by == RelayTransport.TCP_RELAY ? TCP_RELAY : UDP_RELAY)
                .orElse(SIP);
    }

    /** Whether a pool of this kind may have that backend: the file is held to the same. */
    boolean takes(Backend backend) {
        boolean isHttp = backend.protocol() == Protocol.HTTP;
        return switch (this) {
            case SIP -> !isHttp;
            case HTTP -> isHttp;
            case TCP_RELAY -> !isHttp && backend.transport() == Transport.TCP;
            case UDP_RELAY -> !isHttp && backend.transport() == Transport.UDP;
        };
    }

    /** What the addresses of its backends begin with, in words. */
    String schemes() {
        return schemes;
    }

    /** For operators and programs. */
    public String word() {
        return word;
    }

    /** What a backend has, in words. */
    public String things() {
        return things;
    }
}
