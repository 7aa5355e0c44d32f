package org.strowger.sip.stun;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.strowger.sip.IpPort;

/** Binding requests and their answers, byte by byte. */
class StunBindingTest {
    private static final String ID = "b7e7a701bc34d686fa87dfae";
    private static final String PLAIN = "0001 0000 2112a442" + ID;
    /** The sample request of RFC 5769 section 2.1, which has PRIORITY and ICE-CONTROLLED among its attributes. */
    private static final String RFC_5769 = "000100582112a442b7e7a701bc34d686fa87dfae"
            + "802200105354554e207465737420636c69656e74"
            + "002400046e0001ff"
            + "80290008932ff9b151263b36"
            + "000600096576746a3a68367659202020"
            + "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
            + "80280004e57a3bcf";

    private final StunBinding stun = new StunBinding();
    private final IpPort ipv4 = IpPort.of(new InetSocketAddress(address("192.0.2.1"), 32_853));
    private final IpPort ipv6 =
            IpPort.of(new InetSocketAddress(address("2001:db8:1234:5678:11:2233:4455:6677"), 32_853));

    @Test
    void theMappedAddressIsThatOfRfc5769() {
        // Sections 2.2 and 2.3 of RFC 5769 give these attributes for these addresses and this transaction.
        assertThat(answer(hex(PLAIN), ipv4)).isEqualTo("0101000c2112a442" + ID + "002000080001a147e112a643");
        assertThat(answer(hex(PLAIN), ipv6))
                .isEqualTo("010100182112a442" + ID + "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9");
    }

    @Test
    void aFingerprintIsCheckedAndAnswered() {
        byte[] request = fingerprinted(hex("0001 0000 2112a442" + ID + "80220004 61626364"));
        byte[] response = hex(answer(request, ipv4));
        assertThat(response).hasSize(20 + 12 + 8);
        assertThat(response).isEqualTo(fingerprinted(Arrays.copyOf(response, 32)));
        for (int i = 0; i < 32; i++) {
            byte[] wrong = request.clone();
            wrong[request.length - 4 + i / 8] ^= (byte) (1 << (i & 7));
            assertThat(answer(wrong, ipv4)).isEmpty();
        }
    }

    @Test
    void unknownAttributesThatMustBeUnderstoodAreListed() {
        String reason = "00090015 00000414" + "556e6b6e6f776e20417474726962757465202020";
        assertThat(answer(hex("0001 0008 2112a442" + ID + "00030004 00000006"), ipv4))
                .isEqualTo(compact("0111 0024 2112a442" + ID + reason + "000a0002 00030000"));
        assertThat(answer(hex("0001 000c 2112a442" + ID + "00030000 802b0000 7fff0000"), ipv4))
                .isEqualTo(compact("0111 0024 2112a442" + ID + reason + "000a0004 00037fff"));
    }

    @Test
    void theSampleOfRfc5769HasAGoodFingerprintAndAnIceAttribute() {
        String response = answer(hex(RFC_5769), ipv4);
        assertThat(response).startsWith("01110").contains("000a000200240000");
        assertThat(hex(response)).isEqualTo(fingerprinted(Arrays.copyOf(hex(response), hex(response).length - 8)));
    }

    @Test
    void attributesOfTheStandardAreNotUnknown() {
        String user = "00060003 61626300";
        assertThat(answer(hex("0001 0008 2112a442" + ID + user), ipv4)).startsWith("0101");
    }

    @Test
    void otherDatagramsGetNoAnswer() {
        String[] others = {
            "",
            "0001",
            "0001 0000 2112a443" + ID,
            "0001 0004 2112a442" + ID,
            "0001 0000 2112a442" + ID + "00",
            "0001 0001 2112a442" + ID + "00",
            "4001 0000 2112a442" + ID,
            "8001 0000 2112a442" + ID,
            "0011 0000 2112a442" + ID,
            "0101 0000 2112a442" + ID,
            "0003 0000 2112a442" + ID,
            "0001 0004 2112a442" + ID + "80220001",
            "0001 0008 2112a442" + ID + "8022ffff 00000000",
            "0001 0008 2112a442" + ID + "80280003 00000000",
        };
        for (String other : others) {
            assertThat(answer(hex(other), ipv4)).as(other).isEmpty();
        }
    }

    @Test
    void stunIsToldFromSipByItsFirstBytes() {
        byte[] indication = hex("0011 0000 2112a442" + ID);
        assertThat(StunBinding.isStun(indication, 0, indication.length)).isTrue();
        byte[] sip = "OPTIONS sip:a SIP/2.0\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        assertThat(StunBinding.isStun(sip, 0, sip.length)).isFalse();
    }

    @Test
    void changedRequestsNeverRaiseAnExceptionOrOutgrowTheirBounds() {
        Random random = new Random(5);
        byte[] out = new byte[StunBinding.MAX_RESPONSE];
        for (int round = 0; round < 100_000; round++) {
            byte[] request = round % 2 == 0 ? hex(RFC_5769) : new byte[20 + 4 * random.nextInt(60)];
            if (round % 2 == 0) {
                request[random.nextInt(request.length)] = (byte) random.nextInt();
            } else {
                System.arraycopy(hex(PLAIN), 0, request, 0, 20);
                request[2] = (byte) ((request.length - 20) >> 8);
                request[3] = (byte) (request.length - 20);
                for (int at = 20; at < request.length; at += 4) {
                    request[at] = (byte) random.nextInt(3);
                    request[at + 1] = (byte) random.nextInt();
                }
            }
            int end = stun.answer(request, 0, request.length, ipv6, out, 0);
            assertThat(end).isLessThanOrEqualTo(Math.min(out.length, request.length + 32));
        }
    }

    private String answer(byte[] request, IpPort source) {
        byte[] shifted = new byte[request.length + 6];
        System.arraycopy(request, 0, shifted, 3, request.length);
        byte[] out = new byte[StunBinding.MAX_RESPONSE + 5];
        int end = stun.answer(shifted, 3, 3 + request.length, source, out, 5);
        return HexFormat.of().formatHex(out, 5, end);
    }

    /** The message with a fingerprint appended, by the book (RFC 8489 section 14.7). */
    private static byte[] fingerprinted(byte[] message) {
        ByteBuffer with = ByteBuffer.allocate(message.length + 8).put(message);
        with.putShort(2, (short) (message.length + 8 - 20));
        CRC32 crc = new CRC32();
        crc.update(with.array(), 0, message.length);
        return with.putInt(0x8028_0004)
                .putInt((int) crc.getValue() ^ 0x5354_554E)
                .array();
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(compact(text));
    }

    private static String compact(String text) {
        return text.replace(" ", "");
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
