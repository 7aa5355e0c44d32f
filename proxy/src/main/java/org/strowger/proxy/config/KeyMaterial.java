package org.strowger.proxy.config;

import java.security.MessageDigest;
import org.strowger.threading.RunsOn;

/** The 32 bytes of a cluster key; never shown. */
@RunsOn(RunsOn.Runner.ANY)
public final class KeyMaterial {
    /** The length of a key. */
    public static final int BYTES = 32;

    private final byte[] bytes;

    /** Takes a copy of 32 bytes. */
    public KeyMaterial(byte[] bytes) {
        Require.that(bytes.length == BYTES, "bytes.length", bytes.length, BYTES + "");
        this.bytes = bytes.clone();
    }

    /** A fresh copy. */
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeyMaterial that && MessageDigest.isEqual(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return java.util.Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return Syntax.HIDDEN_VALUE;
    }
}
