package org.strowger.sip;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses as text, against the JDK's own reading of them. */
class IpTextTest {
    private final Random random = new Random(11);
    private final IpPort address = new IpPort();
    private final IpPort read = new IpPort();

    @Test
    void whatIsWrittenIsReadByUsAndByTheJdk() throws UnknownHostException {
        for (int i = 0; i < 20_000; i++) {
            InetAddress expected = InetAddress.getByAddress(anyOctets());
            address.set(new InetSocketAddress(expected, random.nextInt(65_536)));
            String host = host(address, false);
            assertThat(InetAddress.getByName(host)).isEqualTo(expected);
            assertThat(host).hasSizeLessThanOrEqualTo(IpText.MAX_HOST_PORT);
            assertThat(read(host)).as(host).isTrue();
            assertThat(read.sameAddress(address)).as(host).isTrue();
            assertThat(read(host(address, true))).isTrue();
            assertThat(read.sameAddress(address)).isTrue();
        }
    }

    @Test
    void theLongFormOfTheJdkIsRead() throws UnknownHostException {
        for (int i = 0; i < 20_000; i++) {
            InetAddress expected = InetAddress.getByAddress(anyOctets());
            assertThat(read(expected.getHostAddress())).isTrue();
            assertThat(read.toSocketAddress().getAddress()).isEqualTo(expected);
        }
    }

    /** Any run of zero groups may be shortened, and the last 32 bits may be written as IPv4. */
    @Test
    void everyWayToShortenAnAddressIsRead() throws UnknownHostException {
        for (int i = 0; i < 20_000; i++) {
            byte[] octets = sparseIpv6();
            String text = shortened(octets);
            assertThat(read(text)).as(text).isTrue();
            assertThat(read.toSocketAddress().getAddress()).as(text).isEqualTo(InetAddress.getByAddress(octets));
            assertThat(read.toSocketAddress().getAddress()).as(text).isEqualTo(InetAddress.getByName(text));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2001:DB8:0:0:0:0:0:1, 2001:db8::1",
        "2001:0db8::0001, 2001:db8::1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "0:0:0:0:0:0:0:0, ::",
        "0:0:0:0:0:0:0:1, ::1",
        "1:0:0:0:0:0:0:0, 1::",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
        "::ffff:192.0.2.1, 192.0.2.1",
        "::ffff:c000:201, 192.0.2.1",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
        "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "010.1.02.003, 10.1.2.3",
    })
    void addressesAreWrittenAsRfc5952Says(String text, String canonical) {
        assertThat(read(text)).isTrue();
        assertThat(host(read, false)).isEqualTo(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                ":",
                ":::",
                "[]",
                "[::1",
                "::1]",
                "[192.0.2.1]",
                "[[::1]]",
                "1.2.3",
                "1.2.3.",
                "1.2.3.4.",
                "1.2.3.4.5",
                ".1.2.3.4",
                "1..2.3",
                "1.2.3.256",
                "1.2.3.0001",
                "1.2.3.-4",
                "1.2.3.4 ",
                "1.2.3.4:5060",
                "0x1.2.3.4",
                "example.com",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8:",
                ":1:2:3:4:5:6:7:8",
                "1:2:3:4:5:6:7:8::",
                "::1:2:3:4:5:6:7:8",
                "1::2::3",
                "1:::2",
                "::1:",
                ":1::",
                "12345::",
                "::g",
                "::1%eth0",
                "::1.2.3",
                "::1.2.3.4.5",
                "::1.2.3.256",
                "::0001.2.3.4",
                "::1.2.3.0004",
                "::1.2.3.4:5",
                "::a.2.3.4",
                "1:2:3:4:5:6:7:1.2.3.4",
                "1:2:3:4:5:1.2.3.4",
                "::1 ",
                " ::1",
            })
    void whatIsNoAddressIsRefusedAndChangesNothing(String text) {
        read.setIpv4(0x0A00_0001, 5060);
        assertThat(read(text)).isFalse();
        assertThat(read).hasToString("10.0.0.1:5060");
    }

    @Test
    void randomTextIsReadOnlyIfTheJdkReadsIt() throws UnknownHostException {
        char[] letters = "0123459af:::..".toCharArray();
        int addresses = 0;
        for (int i = 0; i < 300_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = 2 + random.nextInt(14); length > 0; length--) {
                text.append(letters[random.nextInt(letters.length)]);
            }
            if (text.indexOf(":") < 0 || !read(text.toString())) {
                continue;
            }
            addresses++;
            assertThat(read.toSocketAddress().getAddress())
                    .as(text.toString())
                    .isEqualTo(InetAddress.getByName("[" + text.toString().replace(":::", "::") + "]"));
        }
        assertThat(addresses).isGreaterThan(1_000);
    }

    @Test
    void aThirdColonIsToleratedBeforeAnIpv4TailOnly() {
        assertThat(read("2001:db8:::192.0.2.1")).isTrue();
        assertThat(read).hasToString("[2001:db8::c000:201]:0");
        assertThat(read(":::192.0.2.1")).isTrue();
        for (String text :
                new String[] {"1:::", "1:::2", "1:::a.0.2.1", "1::::192.0.2.1", "1::2:::192.0.2.1", "1:::1.2.3"}) {
            assertThat(read(text)).as(text).isFalse();
        }
    }

    @Test
    void hostAndPortAreWrittenTogether() {
        address.setIpv4(0xC000_0201, 5060);
        assertThat(address).hasToString("192.0.2.1:5060");
        address.setIpv6(0x2001_0DB8_0000_0000L, 1, 65_535);
        assertThat(address).hasToString("[2001:db8::1]:65535");
        address.setIpv6(-1, -1, 65_535);
        assertThat(address.toString()).hasSize(IpText.MAX_HOST_PORT);
    }

    @Test
    void numbersAreWrittenInDecimal() {
        for (int number : new int[] {0, 9, 10, 99, 100, 65_535, 1_000_000_000, Integer.MAX_VALUE}) {
            byte[] out = new byte[12];
            int end = IpText.writeNumber(number, out, 1);
            assertThat(new String(out, 1, end - 1, US_ASCII)).isEqualTo(Integer.toString(number));
        }
    }

    @Test
    void aMappedAddressEqualsItsIpv4Form() {
        address.setIpv4(0xC000_0201, 5060);
        read.setIpv6(0, 0xFFFF_C000_0201L, 5060);
        assertThat(read).isEqualTo(address).hasSameHashCodeAs(address);
        assertThat(read.isIpv4()).isTrue();
        assertThat(read.ipv4()).isEqualTo(0xC000_0201);
        read.setPort(5061);
        assertThat(read).isNotEqualTo(address);
        assertThat(read.sameAddress(address)).isTrue();
        // ::192.0.2.1 is the old IPv4-compatible form and another address.
        read.setIpv6(0, 0xC000_0201L, 5060);
        assertThat(read.isIpv4()).isFalse();
        assertThat(read).isNotEqualTo(address);
    }

    @Test
    void addressesSurviveTheWayThroughASocketAddress() throws UnknownHostException {
        for (int i = 0; i < 5_000; i++) {
            InetSocketAddress expected =
                    new InetSocketAddress(InetAddress.getByAddress(anyOctets()), random.nextInt(65_536));
            IpPort there = IpPort.of(expected);
            assertThat(there.toSocketAddress()).isEqualTo(expected);
            IpPort copy = new IpPort();
            copy.set(there);
            assertThat(copy).isEqualTo(there);
        }
    }

    /** IPv4, IPv6, IPv4-mapped (which the JDK turns into IPv4), and IPv6 with many zeros. */
    private byte[] anyOctets() {
        byte[] octets = new byte[random.nextBoolean() ? 4 : 16];
        random.nextBytes(octets);
        if (octets.length == 16 && random.nextInt(4) == 0) {
            java.util.Arrays.fill(octets, 0, 10, (byte) 0);
            octets[10] = -1;
            octets[11] = -1;
        } else if (octets.length == 16 && random.nextBoolean()) {
            return sparseIpv6();
        }
        return octets;
    }

    private byte[] sparseIpv6() {
        byte[] octets = new byte[16];
        for (int group = 0; group < 8; group++) {
            if (random.nextInt(3) == 0) {
                octets[2 * group] = (byte) random.nextInt();
                octets[2 * group + 1] = (byte) random.nextInt();
            }
        }
        return octets;
    }

    private String shortened(byte[] octets) {
        int groups = random.nextInt(3) == 0 ? 6 : 8;
        String[] parts = new String[groups];
        for (int i = 0; i < groups; i++) {
            parts[i] = Integer.toHexString((octets[2 * i] & 0xFF) << 8 | (octets[2 * i + 1] & 0xFF));
        }
        int from = random.nextInt(groups);
        int to = from;
        while (to < groups && parts[to].equals("0") && random.nextInt(8) != 0) {
            to++;
        }
        String tail = groups == 8
                ? ""
                : (octets[12] & 0xFF) + "." + (octets[13] & 0xFF) + "." + (octets[14] & 0xFF) + "."
                        + (octets[15] & 0xFF);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < groups; i++) {
            if (i == from && to > from) {
                text.append(i == 0 ? "::" : ":");
                i = to - 1;
            } else {
                text.append(parts[i]).append(i < groups - 1 || groups == 6 ? ":" : "");
            }
        }
        return text.append(tail).toString();
    }

    private boolean read(String text) {
        byte[] bytes = ("1" + text + "1").getBytes(US_ASCII);
        return IpText.readHost(bytes, 1, bytes.length - 1, read);
    }

    private static String host(IpPort address, boolean brackets) {
        byte[] out = new byte[IpText.MAX_HOST_PORT + 1];
        return new String(out, 1, IpText.writeHost(address, out, 1, brackets) - 1, US_ASCII);
    }
}
