package org.strowger.proxy.balancing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import org.strowger.discovery.Backend;

/**
 * Two independent 64-bit numbers that stand for a backend on every node: the first 16 bytes of the SHA-256 of
 * {@link Backend#id()}, big-endian. SHA-256 rather than a shorter hash because it is in every JDK, the same for ever, and
 * used only when a table is built.
 */
record BackendIdentity(String id, long first, long second) implements Comparable<BackendIdentity> {
    private static final Comparator<BackendIdentity> ORDER =
            Comparator.comparingLong(BackendIdentity::first).thenComparing(BackendIdentity::id);

    static BackendIdentity of(Backend backend) {
        try {
            String id = backend.id();
            ByteBuffer digest =
                    ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8)));
            return new BackendIdentity(id, digest.getLong(), digest.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public int compareTo(BackendIdentity other) {
        return ORDER.compare(this, other);
    }
}
