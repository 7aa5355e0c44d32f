package org.strowger.proxy.routing;

import org.strowger.sip.cookie.SipHash;

/**
 * A 64-bit hash that is the same on every node, in every version and whatever the cluster key: a retransmission or a
 * CANCEL must meet its INVITE's branch and backend across a takeover and a change of keys. What may not be forged is
 * signed with the cluster key besides.
 */
@FunctionalInterface
public interface StableHash {
    /** SipHash under a published key. */
    StableHash STANDARD = new SipHash(0x7374_726f_7767_6572L, 0x31_3839_3165_7863L)::hash;

    /** Of {@code bytes[from, to)}. */
    long hash(byte[] bytes, int from, int to);
}
