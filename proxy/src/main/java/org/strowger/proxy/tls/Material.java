package org.strowger.proxy.tls;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * What one section's files hold, read at one moment and found to fit together.
 *
 * @param trusted the authorities; empty: those of the system
 * @param fingerprint of all bytes read
 * @param trustFingerprint of the authorities alone
 */
record Material(
        TlsOptions options,
        List<Credential> credentials,
        List<X509Certificate> trusted,
        String fingerprint,
        String trustFingerprint) {

    Material {
        credentials = List.copyOf(credentials);
        trusted = List.copyOf(trusted);
    }

    static Material load(TlsOptions options) throws TlsFileException {
        MessageDigest all = sha256();
        List<Credential> credentials = new ArrayList<>();
        for (KeyPairFiles files : options.pairs()) {
            byte[] certificate = Pem.read(files.certificate());
            byte[] key = Pem.read(files.key());
            credentials.add(Credential.of(files, certificate, key));
            all.update(certificate);
            all.update(key);
            Arrays.fill(key, (byte) 0);
        }
        List<X509Certificate> trusted = List.of();
        String trustFingerprint = "";
        if (options.trusted().isPresent()) {
            byte[] text = Pem.read(options.trusted().get());
            trusted = Pem.certificates(options.trusted().get(), text);
            all.update(text);
            trustFingerprint = HexFormat.of().formatHex(sha256().digest(text));
        }
        return new Material(options, credentials, trusted, HexFormat.of().formatHex(all.digest()), trustFingerprint);
    }

    /** Sessions are taken up only under the conditions that they began under. */
    String ticketPurpose(int credential) {
        return String.join(
                "\n",
                options.name(),
                String.valueOf(credential),
                options.clientAuthentication().name(),
                String.join(",", options.domains()),
                trustFingerprint);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: missing (expected: in every Java)", e);
        }
    }
}
