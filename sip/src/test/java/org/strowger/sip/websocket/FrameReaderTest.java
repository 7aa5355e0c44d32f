package org.strowger.sip.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Frames as RFC 6455 has them and as it has them not, in one piece and in any pieces. */
final class FrameReaderTest {
    private static final int MAX = 200_000;

    /** What a reader found, one line each. */
    private static final class Found implements FrameReader.Sink {
        final List<String> lines = new ArrayList<>();

        @Override
        public void message(byte[] bytes, int from, int to) {
            lines.add("message " + text(bytes, from, to));
        }

        @Override
        public void ping(byte[] bytes, int from, int to) {
            lines.add("ping " + text(bytes, from, to));
        }

        @Override
        public void pong() {
            lines.add("pong");
        }

        @Override
        public void close(int code) {
            lines.add("close " + code);
        }

        @Override
        public void violated(FrameViolation violation) {
            lines.add(violation + " " + violation.closeCode());
        }

        private static String text(byte[] bytes, int from, int to) {
            return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
        }
    }

    private static List<String> read(FrameReader.Peer peer, byte[] wire) {
        Found found = new Found();
        new FrameReader(peer, MAX).feed(wire.clone(), 0, wire.length, found);
        return found.lines;
    }

    private static List<String> readInPieces(FrameReader.Peer peer, byte[] wire, Random random) {
        Found found = new Found();
        FrameReader reader = new FrameReader(peer, MAX);
        for (int at = 0; at < wire.length; ) {
            int end = Math.min(wire.length, at + 1 + random.nextInt(random.nextBoolean() ? 3 : 400));
            byte[] piece = new byte[end - at + 5];
            System.arraycopy(wire, at, piece, 2, end - at);
            reader.feed(piece, 2, 2 + end - at, found);
            assertThat(reader.heldBytes()).isLessThanOrEqualTo(MAX + FrameWriter.MAX_CONTROL);
            at = end;
        }
        return found.lines;
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    /** RFC 6455 section 5.7, as a server reads the masked and a client the unmasked ones; then what must not be. */
    static Stream<Arguments> frames() {
        FrameReader.Peer client = FrameReader.Peer.CLIENT;
        FrameReader.Peer server = FrameReader.Peer.SERVER;
        return Stream.of(
                Arguments.of("5.7 unmasked text", server, "81 05 48656c6c6f", "message Hello"),
                Arguments.of("5.7 masked text", client, "81 85 37fa213d 7f9f4d5158", "message Hello"),
                Arguments.of("5.7 fragments", server, "01 03 48656c 80 02 6c6f", "message Hello"),
                Arguments.of("5.7 ping", server, "89 05 48656c6c6f", "ping Hello"),
                Arguments.of("5.7 masked pong", client, "8a 85 37fa213d 7f9f4d5158", "pong"),
                Arguments.of("binary of 256", server, "82 7e 0100" + "41".repeat(256), "message " + "A".repeat(256)),
                Arguments.of("empty message", server, "81 00", "message "),
                Arguments.of("empty masked", client, "81 80 01020304", "message "),
                Arguments.of("empty fragments", server, "01 00 00 00 80 00", "message "),
                Arguments.of("ping among fragments", server, "01 01 41 89 01 50 80 01 42", "ping P|message AB"),
                Arguments.of("text of a cut character", server, "01 01 c3 80 01 a9", "message \u00c3\u00a9"),
                Arguments.of("binary is not text", server, "82 02 c328", "message \u00c3("),
                Arguments.of("close", server, "88 00", "close 1005"),
                Arguments.of("close 1000 bye", server, "88 05 03e8 627965", "close 1000"),
                Arguments.of("close 4999", server, "88 02 1387", "close 4999"),
                Arguments.of("nothing after close", server, "88 00 81 01 41", "close 1005"),
                Arguments.of("reserved bit 1", server, "c1 01 41", "RESERVED_BITS 1002"),
                Arguments.of("reserved bit 3", server, "91 01 41", "RESERVED_BITS 1002"),
                Arguments.of("opcode 3", server, "83 00", "RESERVED_OPCODE 1002"),
                Arguments.of("opcode 7", server, "87 00", "RESERVED_OPCODE 1002"),
                Arguments.of("opcode 11", server, "8b 00", "RESERVED_OPCODE 1002"),
                Arguments.of("opcode 15", server, "8f 00", "RESERVED_OPCODE 1002"),
                Arguments.of("ping in pieces", server, "09 00", "FRAGMENTED_CONTROL 1002"),
                Arguments.of("close in pieces", server, "08 00", "FRAGMENTED_CONTROL 1002"),
                Arguments.of("ping of 126", server, "89 7e 007e", "LONG_CONTROL 1002"),
                Arguments.of("client without mask", client, "81 05 48656c6c6f", "UNMASKED 1002"),
                Arguments.of("server with mask", server, "81 85 37fa213d 7f9f4d5158", "MASKED 1002"),
                Arguments.of("125 in two bytes", server, "81 7e 007d", "BAD_LENGTH 1002"),
                Arguments.of("65535 in eight bytes", server, "81 7f 000000000000ffff", "BAD_LENGTH 1002"),
                Arguments.of("64 bits", server, "81 7f 8000000000000000", "BAD_LENGTH 1002"),
                Arguments.of("continuation of nothing", server, "80 00", "UNEXPECTED_CONTINUATION 1002"),
                Arguments.of(
                        "twice the end", server, "01 01 41 80 01 42 80 00", "message AB|UNEXPECTED_CONTINUATION 1002"),
                Arguments.of("message in message", server, "01 01 41 81 01 42", "INTERLEAVED_MESSAGE 1002"),
                Arguments.of("close of one byte", server, "88 01 03", "BAD_CLOSE 1002"),
                Arguments.of("close 999", server, "88 02 03e7", "BAD_CLOSE 1002"),
                Arguments.of("close 1004", server, "88 02 03ec", "BAD_CLOSE 1002"),
                Arguments.of("close 1005", server, "88 02 03ed", "BAD_CLOSE 1002"),
                Arguments.of("close 1006", server, "88 02 03ee", "BAD_CLOSE 1002"),
                Arguments.of("close 1015", server, "88 02 03f7", "BAD_CLOSE 1002"),
                Arguments.of("close 2999", server, "88 02 0bb7", "BAD_CLOSE 1002"),
                Arguments.of("close 5000", server, "88 02 1388", "BAD_CLOSE 1002"),
                Arguments.of("close, reason not UTF-8", server, "88 03 03e8 ff", "NOT_UTF8 1007"),
                Arguments.of("text not UTF-8", server, "81 02 c328", "NOT_UTF8 1007"),
                Arguments.of("text of half a character", server, "81 01 c3", "NOT_UTF8 1007"),
                Arguments.of("first fragment spoilt, nothing more", server, "01 02 c328", "NOT_UTF8 1007"),
                Arguments.of("beyond the last character, cut", server, "81 7e 0100 f490", "NOT_UTF8 1007"),
                Arguments.of("cut twice", server, "01 01 f0 00 02 9f98 80 01 80", "message \u00f0\u009f\u0098\u0080"),
                Arguments.of("surrogate", server, "81 03 eda080", "NOT_UTF8 1007"),
                Arguments.of("one byte too many", server, "82 7f 0000000000030d41", "TOO_BIG 1009"),
                Arguments.of("four exabytes", server, "82 7f 4000000000000000", "TOO_BIG 1009"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("frames")
    void eachFrameIsReadAsTheStandardSays(String name, FrameReader.Peer peer, String wire, String expected) {
        List<String> lines = List.of(expected.split("\\|", -1));
        assertThat(read(peer, hex(wire))).isEqualTo(lines);
        Random random = new Random(name.hashCode());
        for (int i = 0; i < 10; i++) {
            assertThat(readInPieces(peer, hex(wire), random)).isEqualTo(lines);
        }
    }

    @Test
    void fragmentsTogetherMayNotExceedTheBound() {
        Found found = new Found();
        FrameReader reader = new FrameReader(FrameReader.Peer.SERVER, 4);
        byte[] wire = hex("02 03 414141 00 01 41 80 01 41");
        reader.feed(wire, 0, wire.length, found);
        assertThat(found.lines).containsExactly("TOO_BIG 1009");
        assertThat(reader.heldBytes()).isZero();
    }

    @Test
    void whatIsWrittenIsReadAgainWhateverThePieces() {
        Random random = new Random(6455);
        for (int run = 0; run < 300; run++) {
            boolean masked = random.nextBoolean();
            ByteBuf out = Unpooled.buffer();
            List<String> expected = new ArrayList<>();
            int count = 1 + random.nextInt(6);
            for (int i = 0; i < count; i++) {
                write(random, masked, out, expected);
            }
            byte[] wire = new byte[out.readableBytes()];
            out.readBytes(wire);
            FrameReader.Peer peer = masked ? FrameReader.Peer.CLIENT : FrameReader.Peer.SERVER;
            assertThat(read(peer, wire)).isEqualTo(expected);
            assertThat(readInPieces(peer, wire, random)).isEqualTo(expected);
        }
    }

    private static void write(Random random, boolean masked, ByteBuf out, List<String> expected) {
        if (random.nextInt(4) == 0) {
            byte[] payload = bytes(random, random.nextInt(126));
            byte[] pong = FrameWriter.pong(payload, 0, payload.length);
            out.writeBytes(masked ? FrameWriter.masked(pong, random.nextInt()) : pong);
            expected.add("pong");
            return;
        }
        int[] lengths = {0, 1, 7, 8, 9, 125, 126, 127, 1400, 65_535, 65_536, 100_000};
        byte[] message = bytes(random, lengths[random.nextInt(lengths.length)]);
        int start = out.writerIndex();
        if (masked) {
            FrameWriter.maskedMessage(message, 0, message.length, random.nextInt(), out);
            assertThat(out.writerIndex() - start).isEqualTo(message.length + FrameWriter.maskedHeader(message.length));
        } else {
            FrameWriter.message(message, 0, message.length, out);
            assertThat(out.writerIndex() - start).isEqualTo(message.length + FrameWriter.header(message.length));
        }
        assertThat(FrameWriter.read(out, start, out.writerIndex())).isEqualTo(message);
        expected.add("message " + Found.text(message, 0, message.length));
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        if (random.nextBoolean()) {
            for (int i = 0; i < length; i++) {
                bytes[i] &= 0x7F;
            }
        }
        return bytes;
    }

    @Test
    void noiseIsReadAlikeInAnyPiecesAndEndsAtMostOnce() {
        Random random = new Random(1);
        for (int run = 0; run < 5_000; run++) {
            byte[] wire = new byte[random.nextInt(60)];
            random.nextBytes(wire);
            for (int i = 0; i < wire.length; i += 1 + random.nextInt(8)) {
                // Likelier beginnings of frames than noise has.
                wire[i] = (byte) (random.nextInt(3) == 0 ? 0x80 | random.nextInt(12) : random.nextInt(4));
            }
            FrameReader.Peer peer = random.nextBoolean() ? FrameReader.Peer.CLIENT : FrameReader.Peer.SERVER;
            List<String> whole = read(peer, wire);
            assertThat(readInPieces(peer, wire, random))
                    .as(Arrays.toString(wire))
                    .isEqualTo(whole);
            long ends = whole.stream()
                    .filter(line -> line.matches("close.*|[A-Z].*"))
                    .count();
            assertThat(ends).isLessThanOrEqualTo(1);
        }
    }
}
