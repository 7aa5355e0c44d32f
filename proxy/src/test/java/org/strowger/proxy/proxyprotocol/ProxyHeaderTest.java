package org.strowger.proxy.proxyprotocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strowger.sip.IpPort;

/** {@link ProxyHeaderDecoder} and {@link ProxyHeaderWriter}: the tables of the specification, and round trips. */
final class ProxyHeaderTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    private final ProxyHeaderDecoder decoder = new ProxyHeaderDecoder();
    private final ProxyHeaderWriter writer = new ProxyHeaderWriter();
    private final ProxyHeader header = new ProxyHeader();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            PROXY TCP4 192.0.2.1 198.51.100.2 5060 443     | 192.0.2.1:5060      | 198.51.100.2:443
            PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535 | 255.255.255.255:65535 | 255.255.255.255:65535
            PROXY TCP4 192.0.2.1 198.51.100.2 0 1          | 192.0.2.1:0         | 198.51.100.2:1
            PROXY TCP6 2001:db8::1 2001:db8::2 5060 443    | [2001:db8::1]:5060  | [2001:db8::2]:443
            PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535 | [ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535 | [ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535
            """)
    void aLineNamesBothEnds(String line, String source, String destination) {
        byte[] bytes = (line + "\r\nINVITE").getBytes(ISO_8859_1);
        assertThat(decoder.decode(bytes, 0, bytes.length, header)).isEqualTo(HeaderVerdict.COMPLETE);
        assertThat(header.version()).isEqualTo(1);
        assertThat(header.length()).isEqualTo(line.length() + 2);
        assertThat(header.hasAddresses()).isTrue();
        assertThat(header.source()).hasToString(source);
        assertThat(header.destination()).hasToString(destination);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            PROXY UNKNOWN
            PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535
            """)
    void anUnknownOneLeavesTheRealEndpoints(String line) {
        byte[] bytes = (line + "\r\n").getBytes(ISO_8859_1);
        assertThat(decoder.decode(bytes, 0, bytes.length, header)).isEqualTo(HeaderVerdict.COMPLETE);
        assertThat(header.hasAddresses()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            INVITE sip:a@b SIP/2.0                          | NO_HEADER
            PROXY                                           | INCOMPLETE
            proxy TCP4 1.2.3.4 1.2.3.4 1 1                  | NO_HEADER
            PROXY UDP4 1.2.3.4 1.2.3.4 1 1                  | UNKNOWN_FORM
            PROXY TCP5 1.2.3.4 1.2.3.4 1 1                  | UNKNOWN_FORM
            PROXY UNKNOWNS                                  | UNKNOWN_FORM
            PROXY TCP4                                      | UNKNOWN_FORM
            PROXY TCP41.2.3.4 1.2.3.4 1 1                   | UNKNOWN_FORM
            PROXY TCP4 1.2.3.4 1.2.3.4 1                    | BAD_ADDRESS
            PROXY TCP4 1.2.3.4 1.2.3.4 1 1 1                | BAD_ADDRESS
            PROXY TCP4  1.2.3.4 1.2.3.4 1 1                 | BAD_ADDRESS
            PROXY TCP4 1.2.3.4 1.2.3.4 1 65536              | BAD_ADDRESS
            PROXY TCP4 1.2.3.4 1.2.3.4 01 1                 | BAD_ADDRESS
            PROXY TCP4 1.2.3.4 1.2.3.4 -1 1                 | BAD_ADDRESS
            PROXY TCP4 1.2.3.256 1.2.3.4 1 1                | BAD_ADDRESS
            PROXY TCP4 ::1 ::1 1 1                          | BAD_ADDRESS
            PROXY TCP6 1.2.3.4 1.2.3.4 1 1                  | BAD_ADDRESS
            PROXY TCP6 [::1] ::1 1 1                        | BAD_ADDRESS
            """)
    void aBadLineIsRefusedForItsReason(String line, HeaderVerdict reason) {
        byte[] bytes = (reason == HeaderVerdict.INCOMPLETE ? line : line + "\r\n").getBytes(ISO_8859_1);
        assertThat(decoder.decode(bytes, 0, bytes.length, header)).isEqualTo(reason);
    }

    @Test
    void aLineWithoutItsReturnIsRefused() {
        byte[] bytes = "PROXY UNKNOWN\n".getBytes(ISO_8859_1);
        assertThat(decoder.decode(bytes, 0, bytes.length, header)).isEqualTo(HeaderVerdict.UNKNOWN_FORM);
    }

    @Test
    void aLineMayHave107BytesAndNoMore() {
        byte[] bytes = ("PROXY UNKNOWN " + "x".repeat(91) + "\r\n").getBytes(ISO_8859_1);
        assertThat(bytes).hasSize(107);
        assertThat(decoder.decode(bytes, 0, 107, header)).isEqualTo(HeaderVerdict.COMPLETE);
        bytes = ("PROXY UNKNOWN " + "x".repeat(92) + "\r\n").getBytes(ISO_8859_1);
        assertThat(decoder.decode(bytes, 0, 106, header)).isEqualTo(HeaderVerdict.INCOMPLETE);
        assertThat(decoder.decode(bytes, 0, 107, header)).isEqualTo(HeaderVerdict.TOO_LONG);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            21 11 000c c0000201 c6336402 13c4 01bb         | 192.0.2.1:5060 | 198.51.100.2:443
            21 12 000c c0000201 c6336402 13c4 01bb         | 192.0.2.1:5060 | 198.51.100.2:443
            21 21 0024 20010db8000000000000000000000001 20010db8000000000000000000000002 13c4 01bb | [2001:db8::1]:5060 | [2001:db8::2]:443
            21 22 0024 00000000000000000000ffffc0000201 20010db8000000000000000000000002 13c4 01bb | 192.0.2.1:5060 | [2001:db8::2]:443
            21 11 0013 c0000201 c6336402 13c4 01bb 04 0004 00000000 | 192.0.2.1:5060 | 198.51.100.2:443
            """)
    void aBinaryHeaderNamesBothEnds(String rest, String source, String destination) {
        byte[] bytes = hex(SIGNATURE + rest);
        assertThat(decoder.decode(bytes, 0, bytes.length, header)).isEqualTo(HeaderVerdict.COMPLETE);
        assertThat(header.version()).isEqualTo(2);
        assertThat(header.length()).isEqualTo(bytes.length);
        assertThat(header.source()).hasToString(source);
        assertThat(header.destination()).hasToString(destination);
        for (int to = 0; to < bytes.length; to++) {
            assertThat(decoder.decode(bytes, 0, to, header)).isEqualTo(HeaderVerdict.INCOMPLETE);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            20 00 0000                                     | LOCAL: a health check
            20 11 000c c0000201 c6336402 13c4 01bb         | LOCAL with addresses, which do not count
            20 11 0003 ffffff                              | LOCAL with what would be no address
            21 00 0000                                     | PROXY of an unspecified family
            21 00 0004 04 0001 00                          | the same with a TLV
            """)
    void aLocalOneLeavesTheRealEndpoints(String rest, String what) {
        byte[] bytes = hex(SIGNATURE + rest);
        assertThat(decoder.decode(bytes, 0, bytes.length, header)).as(what).isEqualTo(HeaderVerdict.COMPLETE);
        assertThat(header.hasAddresses()).as(what).isFalse();
        assertThat(header.length()).isEqualTo(bytes.length);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            11 11 000c c0000201 c6336402 13c4 01bb         | UNKNOWN_FORM
            31 11 000c c0000201 c6336402 13c4 01bb         | UNKNOWN_FORM
            22 11 000c c0000201 c6336402 13c4 01bb         | UNKNOWN_FORM
            21 41 000c c0000201 c6336402 13c4 01bb         | UNKNOWN_FORM
            21 13 000c c0000201 c6336402 13c4 01bb         | UNKNOWN_FORM
            21 11 000b c0000201 c6336402 13c4 01           | BAD_ADDRESS
            21 21 000c c0000201 c6336402 13c4 01bb         | BAD_ADDRESS
            21 11 3ff1 00                                  | TOO_LONG
            21 11 000e c0000201 c6336402 13c4 01bb 04 00   | BAD_TLV
            21 11 000f c0000201 c6336402 13c4 01bb 04 0001 | BAD_TLV
            21 11 0012 c0000201 c6336402 13c4 01bb 03 0003 000000 | BAD_TLV
            21 11 0012 c0000201 c6336402 13c4 01bb 20 0003 000000 | BAD_TLV
            21 11 0013 c0000201 c6336402 13c4 01bb 03 0004 00000000 | BAD_CHECKSUM
            """)
    void aBadBinaryHeaderIsRefusedForItsReason(String rest, HeaderVerdict reason) {
        byte[] bytes = hex(SIGNATURE + rest);
        assertThat(decoder.decode(bytes, 0, bytes.length, header)).isEqualTo(reason);
    }

    @Test
    void aUniqueIdOfMoreThan128BytesIsRefused() {
        writer.begin(ProxyHeaderWriter.Payload.STREAM, address("192.0.2.1", 1), address("192.0.2.2", 2));
        int length = writer.tlv(Tlv.UNIQUE_ID, new byte[129]).end();
        assertThat(decoder.decode(writer.bytes(), 0, length, header)).isEqualTo(HeaderVerdict.BAD_TLV);
    }

    @Test
    void anySingleWrongBitFailsTheChecksumOrTheForm() {
        writer.begin(ProxyHeaderWriter.Payload.STREAM, address("192.0.2.1", 1), address("192.0.2.2", 2));
        int length = writer.tlv(Tlv.AUTHORITY, "a.example.com").endWithChecksum();
        byte[] good = Arrays.copyOf(writer.bytes(), length);
        assertThat(decoder.decode(good, 0, length, header)).isEqualTo(HeaderVerdict.COMPLETE);
        for (int bit = 0; bit < 8 * length; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            HeaderVerdict verdict = decoder.decode(bad, 0, length, header);
            // What no longer has a checksum, because its type or the length has changed, may pass as another header.
            boolean elsewhere = verdict == HeaderVerdict.COMPLETE
                    && header.hasAddresses()
                    && header.tlv(Tlv.CRC32C).isPresent();
            assertThat(elsewhere).as("bit %d", bit).isFalse();
        }
    }

    @Test
    void tlvsAreFoundByType() {
        writer.begin(ProxyHeaderWriter.Payload.STREAM, address("192.0.2.1", 1), address("192.0.2.2", 2));
        int length = writer.tlv(Tlv.ALPN, "h2")
                .tlv(Tlv.AUTHORITY, "a.example.com")
                .tls("TLSv1.3", "TLS_AES_128_GCM_SHA256")
                .tlv(Tlv.AWS, "\u0001vpce-08d2bf15fac5001c9")
                .endWithChecksum();
        assertThat(decoder.decode(writer.bytes(), 0, length, header)).isEqualTo(HeaderVerdict.COMPLETE);
        assertThat(header.tlv(Tlv.SSL).orElseThrow())
                .hasSize(5 + 3 + 7 + 3 + 22)
                .startsWith(1, 0, 0, 0, 1);
        assertThat(header.tlv(Tlv.UNIQUE_ID)).isEmpty();
        GivenAddresses given = GivenAddresses.of(header);
        assertThat(given.authority()).isEqualTo("a.example.com");
        assertThat(given.alpn()).isEqualTo("h2");
        assertThat(given.vpcEndpoint()).isEqualTo("vpce-08d2bf15fac5001c9");
    }

    @Test
    void whatIsWrittenIsRead() {
        RandomGenerator random = new SplittableRandom(7);
        for (int i = 0; i < 20_000; i++) {
            IpPort source = anyAddress(random);
            IpPort destination = anyAddress(random);
            boolean text = random.nextBoolean();
            int length = text ? writer.text(source, destination) : binary(random, source, destination);
            assertThat(decoder.decode(writer.bytes(), 0, length, header)).isEqualTo(HeaderVerdict.COMPLETE);
            assertThat(header.length()).isEqualTo(length);
            assertThat(header.source()).isEqualTo(source);
            assertThat(header.destination()).isEqualTo(destination);
            assertThat(!text || length <= ProxyHeaderDecoder.MAX_V1).isTrue();
        }
    }

    private int binary(RandomGenerator random, IpPort source, IpPort destination) {
        ProxyHeaderWriter.Payload payload =
                random.nextBoolean() ? ProxyHeaderWriter.Payload.STREAM : ProxyHeaderWriter.Payload.DATAGRAM;
        writer.begin(payload, source, destination);
        for (int i = random.nextInt(4); i > 0; i--) {
            byte[] value = new byte[random.nextInt(300)];
            random.nextBytes(value);
            writer.tlv(0xE0 + random.nextInt(8), value);
        }
        return random.nextBoolean() ? writer.end() : writer.endWithChecksum();
    }

    @Test
    void noBytesBringItDown() {
        RandomGenerator random = new SplittableRandom(11);
        for (int i = 0; i < 300_000; i++) {
            byte[] bytes = mutated(random);
            HeaderVerdict verdict = decoder.decode(bytes, 0, bytes.length, header);
            if (verdict == HeaderVerdict.COMPLETE) {
                assertThat(header.length()).isBetween(1, bytes.length);
                header.tlv(Tlv.AUTHORITY);
                if (header.hasAddresses()) {
                    GivenAddresses.of(header);
                }
            }
            // A failure stays one whatever follows, and so does a whole header.
            byte[] more = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(50));
            if (verdict != HeaderVerdict.INCOMPLETE) {
                assertThat(decoder.decode(more, 0, more.length, header)).isEqualTo(verdict);
            }
        }
    }

    private byte[] mutated(RandomGenerator random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int length = random.nextBoolean()
                ? writer.text(anyAddress(random), anyAddress(random))
                : binary(random, anyAddress(random), anyAddress(random));
        out.write(writer.bytes(), 0, length);
        byte[] bytes = out.toByteArray();
        for (int i = random.nextInt(4); i > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return random.nextInt(3) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length) + 1) : bytes;
    }

    private static IpPort anyAddress(RandomGenerator random) {
        IpPort address = new IpPort();
        if (random.nextBoolean()) {
            address.setIpv4(random.nextInt(), random.nextInt(65_536));
        } else {
            address.setIpv6(random.nextLong(), random.nextLong(), random.nextInt(65_536));
        }
        return address;
    }

    private static IpPort address(String host, int port) {
        return IpPort.of(new InetSocketAddress(host, port));
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }
}
