package org.strowger.proxy.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;

/** An authority that issues certificates with any names and any validity, P-256 or RSA, by writing their DER itself. */
public final class TestAuthority {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final byte[] COMMON_NAME = {0x06, 0x03, 0x55, 0x04, 0x03};
    private static final byte[] ALTERNATIVE_NAMES = {0x06, 0x03, 0x55, 0x1d, 0x11};
    private static final byte[] BASIC_CONSTRAINTS = {0x06, 0x03, 0x55, 0x1d, 0x13};
    private static final byte[] TRUE = {0x01, 0x01, (byte) 0xff};
    private static final byte[] ECDSA_SHA256 = {
        0x30, 0x0a, 0x06, 0x08, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x04, 0x03, 0x02
    };
    private static final AtomicLong SERIAL = new AtomicLong(System.nanoTime());

    private final String name;
    private final KeyPair keys;
    private final X509Certificate certificate;

    /** A certificate with its key. */
    public record Issued(X509Certificate certificate, PrivateKey key) {

        public String certificatePem() {
            try {
                return pem("CERTIFICATE", certificate.getEncoded());
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        public String keyPem() {
            return pem("PRIVATE KEY", key.getEncoded());
        }

        /** Writes both files, each in place at once, and names them. */
        public KeyPairFiles write(Path folder, String base) {
            return new KeyPairFiles(
                    put(folder.resolve(base + ".pem"), certificatePem()), put(folder.resolve(base + ".key"), keyPem()));
        }
    }

    public TestAuthority(String name) {
        this.name = name;
        this.keys = ecKeys();
        this.certificate = make(name, keys, Duration.ofDays(3650), basicConstraints());
    }

    X509Certificate certificate() {
        return certificate;
    }

    /** Of its own certificate. */
    public Path write(Path folder) {
        return put(folder.resolve(name + ".pem"), new Issued(certificate, keys.getPrivate()).certificatePem());
    }

    /** @param names such as {@code dns:h.example}, {@code uri:sip:h.example}, {@code ip:127.0.0.1} */
    public Issued issue(String... names) {
        return issue(Duration.ofDays(90), names);
    }

    /** @param validFor from now; negative for one that has expired */
    public Issued issue(Duration validFor, String... names) {
        return issue(ecKeys(), validFor, names);
    }

    public Issued issueRsa(String... names) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return issue(generator.generateKeyPair(), Duration.ofDays(90), names);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Issued issue(KeyPair of, Duration validFor, String... names) {
        ByteArrayOutputStream general = new ByteArrayOutputStream();
        for (String each : names) {
            int colon = each.indexOf(':');
            String value = each.substring(colon + 1);
            switch (each.substring(0, colon)) {
                case "dns" -> general.writeBytes(der(0x82, value.getBytes(StandardCharsets.US_ASCII)));
                case "uri" -> general.writeBytes(der(0x86, value.getBytes(StandardCharsets.US_ASCII)));
                case "ip" ->
                    general.writeBytes(der(0x87, io.netty.util.NetUtil.createByteArrayFromIpAddressString(value)));
                case "cn" -> {}
                default -> throw new IllegalArgumentException(each);
            }
        }
        byte[] extension = general.size() == 0
                ? new byte[0]
                : der(0x30, ALTERNATIVE_NAMES, der(0x04, der(0x30, general.toByteArray())));
        String common = names.length > 0 && names[0].startsWith("cn:") ? names[0].substring(3) : "test";
        return new Issued(make(common, of, validFor, extension), of.getPrivate());
    }

    private X509Certificate make(String subject, KeyPair of, Duration validFor, byte[] extension) {
        Instant now = Instant.now();
        Instant from = validFor.isNegative() ? now.plus(validFor).minus(Duration.ofDays(90)) : now.minusSeconds(3600);
        byte[] body = der(
                0x30,
                der(0xa0, der(0x02, new byte[] {2})),
                der(0x02, BigInteger.valueOf(SERIAL.incrementAndGet()).toByteArray()),
                ECDSA_SHA256,
                distinguishedName(name),
                der(0x30, time(from), time(now.plus(validFor))),
                distinguishedName(subject),
                of.getPublic().getEncoded(),
                extension.length == 0 ? extension : der(0xa3, der(0x30, extension)));
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(keys.getPrivate());
            signature.update(body);
            byte[] whole = der(0x30, body, ECDSA_SHA256, der(0x03, new byte[] {0}, signature.sign()));
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(whole));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] basicConstraints() {
        return der(0x30, BASIC_CONSTRAINTS, TRUE, der(0x04, der(0x30, TRUE)));
    }

    private static byte[] distinguishedName(String common) {
        return der(0x30, der(0x31, der(0x30, COMMON_NAME, der(0x0c, common.getBytes(StandardCharsets.UTF_8)))));
    }

    private static byte[] time(Instant instant) {
        return der(0x18, TIME.format(instant).getBytes(StandardCharsets.US_ASCII));
    }

    static KeyPair ecKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        int length = content.size();
        if (length < 0x80) {
            out.write(length);
        } else if (length < 0x100) {
            out.write(0x81);
            out.write(length);
        } else {
            out.write(0x82);
            out.write(length >> 8);
            out.write(length);
        }
        out.writeBytes(content.toByteArray());
        return out.toByteArray();
    }

    static String pem(String label, byte[] content) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content) + "\n-----END " + label
                + "-----\n";
    }

    /** Writes beside it and renames, as those who renew certificates do. */
    static Path put(Path file, String text) {
        try {
            Path beside = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(beside, text);
            return Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
