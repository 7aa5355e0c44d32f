package org.strowger.proxy.spreading;

import org.strowger.sip.IpPort;

/** Says which event loop is to handle a datagram. */
@FunctionalInterface
public interface Spreading {
    /** Stands for the loop that received the datagram. */
    int HERE = -1;

    /** For a single loop: there is nowhere else. */
    Spreading NONE = (bytes, length, source) -> HERE;

    /** The number of the loop that a datagram in {@code bytes[0, length)} belongs to, or {@link #HERE}. */
    int ownerOf(byte[] bytes, int length, IpPort source);
}
