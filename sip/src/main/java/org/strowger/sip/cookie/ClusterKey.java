package org.strowger.sip.cookie;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.strowger.threading.RunsOn;

/**
 * The 32-byte secret that the nodes of a cluster share and sign cookies with. Never printed.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class ClusterKey {
    /** Bytes of the secret. */
    public static final int LENGTH = 32;

    private final SipHash signature;
    private final long fingerprint;

    private ClusterKey(byte[] secret) {
        signature = derive(secret, "strowger cookie signature");
        fingerprint = derive(secret, "strowger key id").hash(new byte[0], 0, 0);
    }

    /**
     * Reads the base64 form.
     *
     * @throws IllegalArgumentException when it is not 32 bytes in base64; the message does not show the value
     */
    public static ClusterKey fromBase64(String text) {
        byte[] secret;
        try {
            secret = Base64.getDecoder().decode(text.trim());
        } catch (IllegalArgumentException e) {
            // Without the cause, whose message quotes a character of the text.
            throw new IllegalArgumentException("cluster-key: not base64 (expected: 32 bytes, base64)");
        }
        return of(secret);
    }

    /**
     * Of the secret itself.
     *
     * @throws IllegalArgumentException when it is not 32 bytes
     */
    public static ClusterKey of(byte[] secret) {
        if (secret.length != LENGTH) {
            throw new IllegalArgumentException("cluster-key: " + secret.length + " bytes (expected: 32 bytes, base64)");
        }
        return new ClusterKey(secret);
    }

    SipHash signature() {
        return signature;
    }

    /** One byte that tells keys apart without trying them; it says nothing about the secret. */
    int id() {
        return (int) fingerprint & 0xFF;
    }

    /** True for the same secret. */
    boolean isSame(ClusterKey other) {
        return fingerprint == other.fingerprint;
    }

    @Override
    public String toString() {
        return "ClusterKey[id=" + id() + "]";
    }

    private static SipHash derive(byte[] secret, String label) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            ByteBuffer out = ByteBuffer.wrap(mac.doFinal(label.getBytes(StandardCharsets.US_ASCII)));
            return new SipHash(out.getLong(), out.getLong());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }
}
