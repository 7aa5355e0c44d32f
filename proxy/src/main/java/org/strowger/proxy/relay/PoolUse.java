package org.strowger.proxy.relay;

/**
 * A pool as a relay uses it.
 *
 * @param header what its backends are told of the client
 */
public record PoolUse(String pool, Header header) {

    /** The version of the PROXY protocol, if any. */
    public enum Header {
        NONE,
        V1,
        V2
    }
}
