package org.strowger.sip.cookie;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.strowger.threading.RunsOn;

/**
 * The 32-byte secret that all nodes of a cluster share, as the independent keys derived from it: one signs cookies, one
 * hashes transactions, tags and table keys. Knowing one says nothing about the other or the secret
 * (HMAC-SHA256 of the secret over a label each, as in RFC 5869 section 2.3). The secret itself is not kept.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class ClusterKey {
    /** The length of the secret. */
    public static final int BYTES = 32;

    private static final String EXPECTED = " (expected: 32 bytes, base64)";

    private final SipHash signing;
    private final SipHash hashing;
    private final int id;

    private ClusterKey(byte[] secret) {
        this.signing = SipHash.keyedBy(derive(secret, "strowger cookie signing"));
        this.hashing = SipHash.keyedBy(derive(secret, "strowger hashing"));
        this.id = derive(secret, "strowger key id")[0] & 0xFF;
    }

    /**
     * Reads the secret from base64, with or without padding; white space around it is ignored.
     *
     * @throws IllegalArgumentException with a message that says what is wrong and never holds the text
     */
    public static ClusterKey parse(String base64) {
        byte[] secret;
        try {
            secret = Base64.getDecoder().decode(base64.strip());
        } catch (IllegalArgumentException e) {
            // Without the cause, which quotes a character.
            throw new IllegalArgumentException("cluster-key: not base64" + EXPECTED);
        }
        return of(secret);
    }

    /** The key of 32 secret bytes, which are copied nowhere. */
    public static ClusterKey of(byte[] secret) {
        if (secret.length != BYTES) {
            throw new IllegalArgumentException("cluster-key: " + secret.length + " bytes" + EXPECTED);
        }
        return new ClusterKey(secret);
    }

    /** A fresh key, for a node that shares it with nobody; {@code random} must be a cryptographic source. */
    public static ClusterKey generate(RandomGenerator random) {
        byte[] secret = new byte[BYTES];
        random.nextBytes(secret);
        return new ClusterKey(secret);
    }

    /** The keyed hash for everything but signatures; the same on all nodes of the cluster. */
    public SipHash hashing() {
        return hashing;
    }

    /** The keyed hash that signs cookies. */
    SipHash signing() {
        return signing;
    }

    /** 0..255; tells the current key from the previous one without trying both, in 255 of 256 cases. */
    int id() {
        return id;
    }

    /** Without the secret or anything derived from it but the id, which every cookie shows. */
    @Override
    public String toString() {
        return "ClusterKey[id=" + id + "]";
    }

    private static byte[] derive(byte[] secret, String label) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return mac.doFinal(label.getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }
}
