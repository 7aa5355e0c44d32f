package org.strowger.proxy.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads certificates and keys from PEM (RFC 7468): PKCS #8, and the older PKCS #1 and SEC 1. */
final class Pem {
    private static final int MAX_BYTES = 4 << 20;
    private static final List<String> ALGORITHMS = List.of("EC", "RSA", "Ed25519");
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

    private Pem() {}

    /** What stands between two lines of dashes. */
    private static final class Block {
        private final String label;
        private final byte[] content;

        Block(String label, byte[] content) {
            this.label = label;
            this.content = content;
        }
    }

    /** The bytes of a file. */
    static byte[] read(Path file) throws TlsFileException {
        try (var in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new TlsFileException(file, "too long", "at most " + MAX_BYTES + " bytes");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw new TlsFileException(file, "missing", "a file");
        } catch (IOException e) {
            throw new TlsFileException(file, "unreadable, " + e.getClass().getSimpleName(), "a file that can be read");
        }
    }

    /** All certificates of a file, in its order; at least one. */
    static List<X509Certificate> certificates(Path file, byte[] text) throws TlsFileException {
        List<X509Certificate> found = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Block block : blocks(file, text)) {
                if (block.label.endsWith("CERTIFICATE")) {
                    found.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.content)));
                }
            }
        } catch (CertificateException e) {
            throw new TlsFileException(file, "broken certificate", "certificates in PEM");
        }
        if (found.isEmpty()) {
            throw new TlsFileException(file, "no certificate", "certificates in PEM, -----BEGIN CERTIFICATE-----");
        }
        return found;
    }

    /** The first private key of a file. */
    static PrivateKey privateKey(Path file, byte[] text) throws TlsFileException {
        for (Block block : blocks(file, text)) {
            switch (block.label) {
                case "PRIVATE KEY" -> {
                    return key(file, block.content);
                }
                case "RSA PRIVATE KEY" -> {
                    return key(file, Der.rsaToPkcs8(block.content));
                }
                case "EC PRIVATE KEY" -> {
                    return key(file, Der.ecToPkcs8(block.content));
                }
                case "ENCRYPTED PRIVATE KEY" ->
                    throw new TlsFileException(file, "encrypted", "a key that is not, as of: openssl pkey -in OLD");
                default -> {
                    // Parameters of a curve, or the certificate in the same file.
                }
            }
        }
        throw new TlsFileException(file, "no private key", "a key in PEM, -----BEGIN PRIVATE KEY-----");
    }

    private static PrivateKey key(Path file, byte[] pkcs8) throws TlsFileException {
        for (String algorithm : ALGORITHMS) {
            Optional<PrivateKey> key = key(algorithm, pkcs8);
            if (key.isPresent()) {
                return key.get();
            }
        }
        throw new TlsFileException(file, "broken or unknown private key", "a key for RSA, EC or Ed25519");
    }

    private static Optional<PrivateKey> key(String algorithm, byte[] pkcs8) {
        try {
            return Optional.of(KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8)));
        } catch (GeneralSecurityException e) {
            // Of another kind.
            return Optional.empty();
        }
    }

    private static List<Block> blocks(Path file, byte[] text) throws TlsFileException {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(new String(text, StandardCharsets.ISO_8859_1));
        while (matcher.find()) {
            String body = matcher.group(2);
            if (body.contains("Proc-Type")) {
                throw new TlsFileException(file, "encrypted", "a key that is not, as of: openssl pkey -in OLD");
            }
            try {
                blocks.add(new Block(matcher.group(1), Base64.getMimeDecoder().decode(body)));
            } catch (IllegalArgumentException e) {
                throw new TlsFileException(file, "broken base64", "PEM");
            }
        }
        return blocks;
    }
}
