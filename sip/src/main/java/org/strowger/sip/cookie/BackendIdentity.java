package org.strowger.sip.cookie;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The 48-bit name of a backend in cookies: the same on every node and in every version, whatever the order of pools. */
public final class BackendIdentity {

    private BackendIdentity() {}

    /** The first 48 bits of the SHA-256 of the backend's id; the lower 32, which travel in a Via, are never 0. */
    public static long hash(String id) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
            long identity = ByteBuffer.wrap(digest).getLong() >>> 16;
            return (int) identity == 0 ? identity | 1 : identity;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
