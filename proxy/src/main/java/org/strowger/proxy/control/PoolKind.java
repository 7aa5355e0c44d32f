package org.strowger.proxy.control;

import org.strowger.proxy.config.PoolConfig;
import org.strowger.proxy.config.RelayTransport;

/** What a pool is for, and what its backends have that begins and ends. */
public enum PoolKind {
    SIP("sip", "dialogs"),
    HTTP("http", "requests and WebSockets"),
    TCP_RELAY("tcp-relay", "connections"),
    UDP_RELAY("udp-relay", "flows");

    private final String word;
    private final String things;

    PoolKind(String word, String things) {
        this.word = word;
        this.things = things;
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

    /** For operators and programs. */
    public String word() {
        return word;
    }

    /** What a backend has, in words. */
    public String things() {
        return things;
    }
}
