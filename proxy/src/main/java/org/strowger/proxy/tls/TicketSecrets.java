package org.strowger.proxy.tls;

import io.netty.handler.ssl.OpenSslSessionTicketKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What the keys of session tickets are made of: the cluster keys, so that any node that has them, and a restarted process,
 * takes up a session that another one began. The keys change by the clock, at the same time everywhere.
 *
 * @param clusterKeys the current one, then the previous one if there is one
 */
public record TicketSecrets(List<byte[]> clusterKeys) {
    /** How long one key is used; a session lives as long. */
    static final Duration PERIOD = Duration.ofHours(12);

    private static final int KEY_BYTES = 16;

    public TicketSecrets {
        clusterKeys = clusterKeys.stream().map(byte[]::clone).toList();
    }

    /** No session survives anything. */
    public static TicketSecrets none() {
        return new TicketSecrets(List.of());
    }

    boolean isNone() {
        return clusterKeys.isEmpty();
    }

    static long period(Instant now) {
        return Math.floorDiv(now.getEpochSecond(), PERIOD.toSeconds());
    }

    /**
     * The key that encrypts, then those that are accepted: of the period before, of the next one, since clocks differ, and
     * all three by the previous cluster key.
     *
     * @param purpose sessions of one purpose are not taken up for another
     */
    List<OpenSslSessionTicketKey> keys(String purpose, long period) {
        List<OpenSslSessionTicketKey> keys = new ArrayList<>();
        for (byte[] secret : clusterKeys) {
            for (long of : new long[] {period, period - 1, period + 1}) {
                byte[] seed = (purpose + '\n' + of).getBytes(StandardCharsets.UTF_8);
                keys.add(new OpenSslSessionTicketKey(
                        part(secret, "name", seed), part(secret, "mac", seed), part(secret, "cipher", seed)));
            }
        }
        return keys;
    }

    private static byte[] part(byte[] secret, String label, byte[] seed) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            mac.update(("strowger tls ticket " + label + '\n').getBytes(StandardCharsets.UTF_8));
            byte[] made = mac.doFinal(seed);
            byte[] key = new byte[KEY_BYTES];
            ByteBuffer.wrap(made).get(key);
            return key;
        } catch (InvalidKeyException e) {
            throw new IllegalStateException("clusterKeys: unusable (expected: 32 bytes)", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256: missing (expected: in every Java)", e);
        }
    }
}
