package org.strowger.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FrameEdgeTest {
    private final FrameEdge edge = new FrameEdge();

    private void pass(int... bytes) {
        ByteBuf buffer = Unpooled.buffer();
        for (int b : bytes) {
            buffer.writeByte(b);
        }
        edge.pass(buffer);
    }

    @Test
    void theBeginningIsAnEdge() {
        assertThat(edge.isHere()).isTrue();
    }

    @Test
    void insideOfAHeaderOrAPayloadIsNone() {
        pass(0x81);
        assertThat(edge.isHere()).isFalse();
        pass(3);
        assertThat(edge.isHere()).isFalse();
        pass('a', 'b');
        assertThat(edge.isHere()).isFalse();
        pass('c');
        assertThat(edge.isHere()).isTrue();
        pass(0x89, 0);
        assertThat(edge.isHere()).isTrue();
    }

    @Test
    void nothingFollowsACloseAndNothingIsSaidToOneThatIsNoServer() {
        pass(0x88, 2, 3, 0xe8);
        assertThat(edge.isHere()).isFalse();
        FrameEdge other = new FrameEdge();
        other.pass(Unpooled.wrappedBuffer(new byte[] {(byte) 0x81, (byte) 0x80, 1, 2, 3, 4}));
        assertThat(other.isHere()).isFalse();
    }

    @Test
    void allLengthsInAnyPiecesEndAtAnEdge() {
        SplittableRandom random = new SplittableRandom(1);
        for (int round = 0; round < 200; round++) {
            ByteBuf stream = Unpooled.buffer();
            for (int i = 0; i < 5; i++) {
                frame(stream, random);
            }
            int left = stream.readableBytes();
            while (left > 0) {
                int piece = Math.min(left, 1 + random.nextInt(random.nextBoolean() ? 3 : 70_000));
                edge.pass(stream.readSlice(piece));
                left -= piece;
            }
            assertThat(edge.isHere()).as("round %d", round).isTrue();
        }
    }

    private static void frame(ByteBuf out, SplittableRandom random) {
        int kind = random.nextInt(3);
        int length =
                kind == 0 ? random.nextInt(126) : kind == 1 ? 126 + random.nextInt(65_410) : random.nextInt(70_000);
        out.writeByte(random.nextBoolean() ? 0x82 : 0x01);
        switch (kind) {
            case 0 -> out.writeByte(length);
            case 1 -> out.writeByte(126).writeShort(length);
            default -> out.writeByte(127).writeLong(length);
        }
        byte[] payload = new byte[length];
        random.nextBytes(payload);
        out.writeBytes(payload);
    }
}
