package org.strowger.sip.stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

/** Buffers in, messages out, every buffer released. */
class SipFrameDecoderTest {
    private static final String MESSAGE = "OPTIONS sip:a SIP/2.0\r\nl: 4\r\n\r\nbody";

    private final RecordingSink sink = new RecordingSink();
    private final SipFrameDecoder decoder = new SipFrameDecoder(new FrameLimits(512, 1024), new byte[16], sink);
    private final EmbeddedChannel channel = new EmbeddedChannel(decoder);

    @Test
    void heapAndNativeBuffersAreReadAndReleased() {
        byte[] bytes = (MESSAGE + MESSAGE).getBytes(ISO_8859_1);
        ByteBuf heap = Unpooled.wrappedBuffer(bytes, 0, MESSAGE.length() + 7);
        ByteBuf direct = Unpooled.directBuffer().writeBytes(bytes, MESSAGE.length() + 7, MESSAGE.length() - 7);
        channel.writeInbound(heap);
        assertThat(decoder.heldBytes()).isEqualTo(7);
        channel.writeInbound(direct);
        assertThat(sink.events).containsExactly("message " + MESSAGE, "message " + MESSAGE);
        assertThat(heap.refCnt()).isZero();
        assertThat(direct.refCnt()).isZero();
        assertThat(channel.finish()).isFalse();
    }

    @Test
    void aSliceIsReadFromItsOwnBeginning() {
        ByteBuf slice =
                Unpooled.copiedBuffer("xxx" + MESSAGE + "yyy", ISO_8859_1).slice(3, MESSAGE.length());
        channel.writeInbound(slice);
        assertThat(sink.events).containsExactly("message " + MESSAGE);
        assertThat(slice.refCnt()).isZero();
    }

    @Test
    void whatComesAfterTheEndIsReleasedUnread() {
        channel.writeInbound(Unpooled.copiedBuffer("GET / HTTP/1.1\r\n", ISO_8859_1));
        ByteBuf more = Unpooled.copiedBuffer(MESSAGE, ISO_8859_1);
        channel.writeInbound(more);
        assertThat(sink.events).containsExactly("broken NOT_SIP ");
        assertThat(more.refCnt()).isZero();
    }

    @Test
    void aClosedConnectionKeepsNothing() {
        channel.writeInbound(Unpooled.copiedBuffer("OPTIONS", ISO_8859_1));
        assertThat(decoder.heldBytes()).isEqualTo(7);
        channel.finish();
        assertThat(decoder.heldBytes()).isZero();
    }

    @Test
    void foreignMessagesPass() {
        channel.writeInbound("event");
        assertThat(channel.<String>readInbound()).isEqualTo("event");
    }
}
