package org.strowger.proxy.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * A certificate that we can prove to be ours: its chain, ours first, and its key, which fits.
 *
 * @param files where it came from
 */
record Credential(KeyPairFiles files, List<X509Certificate> chain, PrivateKey key) {

    Credential {
        chain = List.copyOf(chain);
    }

    /** Of the bytes of both files, which have to fit each other. */
    static Credential of(KeyPairFiles files, byte[] certificate, byte[] key) throws TlsFileException {
        List<X509Certificate> chain = Pem.certificates(files.certificate(), certificate);
        PrivateKey privateKey = Pem.privateKey(files.key(), key);
        if (!fits(chain.get(0), privateKey)) {
            throw new TlsFileException(
                    files.key(), "another key", "the key of the first certificate in " + files.certificate());
        }
        return new Credential(files, chain, privateKey);
    }

    X509Certificate own() {
        return chain.get(0);
    }

    Instant expires() {
        return own().getNotAfter().toInstant();
    }

    /** Only what the one signs the other verifies. */
    private static boolean fits(X509Certificate certificate, PrivateKey key) {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "Ed25519";
        };
        byte[] challenge = {1, 2, 3, 4};
        try {
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(challenge);
            byte[] signature = signing.sign();
            Signature verifying = Signature.getInstance(algorithm);
            verifying.initVerify(certificate.getPublicKey());
            verifying.update(challenge);
            return verifying.verify(signature);
        } catch (GeneralSecurityException e) {
            // A key of another kind than the certificate's.
            return false;
        }
    }
}
