package org.strowger.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Keys in the forms that tools write them in. */
class PemTest {
    private static final Path FILE = Path.of("key.pem");
    private static final byte[] P_256 = {0x06, 0x08, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x03, 0x01, 0x07};

    @Test
    void rsaKeysOfBothForms() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair keys = generator.generateKeyPair();
        RSAPrivateCrtKey key = (RSAPrivateCrtKey) keys.getPrivate();
        byte[] pkcs1 = TestAuthority.der(
                0x30,
                integer(java.math.BigInteger.ZERO),
                integer(key.getModulus()),
                integer(key.getPublicExponent()),
                integer(key.getPrivateExponent()),
                integer(key.getPrimeP()),
                integer(key.getPrimeQ()),
                integer(key.getPrimeExponentP()),
                integer(key.getPrimeExponentQ()),
                integer(key.getCrtCoefficient()));
        assertThat(Pem.privateKey(FILE, text(TestAuthority.pem("RSA PRIVATE KEY", pkcs1))))
                .isEqualTo(key);
        assertThat(Pem.privateKey(FILE, text(TestAuthority.pem("PRIVATE KEY", key.getEncoded()))))
                .isEqualTo(key);
    }

    @Test
    void ecKeysWithTheirParametersBeforeThem() throws Exception {
        ECPrivateKey key = (ECPrivateKey) TestAuthority.ecKeys().getPrivate();
        byte[] s = key.getS().toByteArray();
        byte[] value = new byte[32];
        int from = Math.max(0, s.length - 32);
        System.arraycopy(s, from, value, 32 - (s.length - from), s.length - from);
        byte[] sec1 = TestAuthority.der(
                0x30, new byte[] {0x02, 0x01, 0x01}, TestAuthority.der(0x04, value), TestAuthority.der(0xa0, P_256));
        String text = TestAuthority.pem("EC PARAMETERS", P_256) + TestAuthority.pem("EC PRIVATE KEY", sec1);
        assertThat(((ECPrivateKey) Pem.privateKey(FILE, text(text))).getS()).isEqualTo(key.getS());
    }

    @Test
    void encryptedKeysAreRefusedByThatWord() {
        String[] forms = {
            TestAuthority.pem("ENCRYPTED PRIVATE KEY", new byte[40]),
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----\n"
        };
        for (String form : forms) {
            assertThatThrownBy(() -> Pem.privateKey(FILE, text(form)))
                    .isInstanceOf(TlsFileException.class)
                    .hasMessageStartingWith("key.pem: encrypted (expected: ");
        }
    }

    @Test
    void nothingButItsOwnExceptionComesOut() {
        Random random = new Random(1);
        String good = new TestAuthority("a").issue("dns:h").keyPem();
        for (int i = 0; i < 2000; i++) {
            byte[] bytes =
                    text(good.replace("PRIVATE", i % 2 == 0 ? "EC PRIVATE" : i % 3 == 0 ? "RSA PRIVATE" : "PRIVATE"));
            for (int j = 0; j <= random.nextInt(6); j++) {
                bytes[random.nextInt(bytes.length)] = (byte) (' ' + random.nextInt(95));
            }
            byte[] cut = Arrays.copyOf(bytes, bytes.length - random.nextInt(20));
            try {
                assertThat(Pem.privateKey(FILE, cut)).isNotNull();
            } catch (TlsFileException e) {
                assertThat(e).hasMessageContaining("expected: ");
            }
        }
    }

    private static byte[] integer(java.math.BigInteger value) {
        return TestAuthority.der(0x02, value.toByteArray());
    }

    private static byte[] text(String pem) {
        return pem.getBytes(StandardCharsets.US_ASCII);
    }
}
