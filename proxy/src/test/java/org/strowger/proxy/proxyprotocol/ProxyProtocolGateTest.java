package org.strowger.proxy.proxyprotocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.strowger.sip.IpPort;

/** {@link ProxyProtocolGate} and {@link DatagramGate} without a socket. */
final class ProxyProtocolGateTest {
    private static final String LINE = "PROXY TCP4 192.0.2.1 198.51.100.2 5060 443\r\n";
    private static final IpPort PROXY = IpPort.of(new InetSocketAddress("10.0.0.1", 4000));

    private final List<String> seen = new ArrayList<>();
    private final ProxyProtocolGate.Counts counts = new ProxyProtocolGate.Counts() {
        @Override
        public void accepted(ProxyHeader header) {
            seen.add("accepted v" + header.version());
        }

        @Override
        public void refused(HeaderVerdict reason) {
            seen.add("refused " + reason);
        }

        @Override
        public void timedOut() {
            seen.add("timed out");
        }

        @Override
        public void stranger() {
            seen.add("stranger");
        }
    };

    private EmbeddedChannel channel() {
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.freezeTime();
        channel.pipeline()
                .addLast(new ProxyProtocolGate(
                        Duration.ofSeconds(3),
                        counts,
                        passed -> passed.pipeline().addLast(new Behind())));
        return channel;
    }

    private final class Behind extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            seen.add("active " + ProxyProtocolGate.source(ctx.channel(), PROXY));
            ctx.fireChannelActive();
        }
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, ISO_8859_1);
    }

    private static String rest(EmbeddedChannel channel) {
        StringBuilder text = new StringBuilder();
        for (ByteBuf one = channel.readInbound(); one != null; one = channel.readInbound()) {
            text.append(one.toString(ISO_8859_1));
            one.release();
        }
        return text.toString();
    }

    @Test
    void whatFollowsTheHeaderGoesOnAndTheGateIsGone() {
        EmbeddedChannel channel = channel();
        channel.writeInbound(bytes(LINE + "OPTIONS"));
        assertThat(seen).containsExactly("accepted v1", "active 192.0.2.1:5060");
        assertThat(rest(channel)).isEqualTo("OPTIONS");
        assertThat(channel.pipeline().get(ProxyProtocolGate.class)).isNull();
        channel.writeInbound(bytes(" more"));
        assertThat(rest(channel)).isEqualTo(" more");
        channel.advanceTimeBy(10, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isTrue();
        assertThat(channel.finishAndReleaseAll()).isFalse();
    }

    @Test
    void aHeaderMayComeByteByByte() {
        ProxyHeaderWriter writer = new ProxyHeaderWriter();
        int length = writer.begin(
                        ProxyHeaderWriter.Payload.STREAM, IpPort.of(new InetSocketAddress("192.0.2.1", 5060)), PROXY)
                .tlv(Tlv.AUTHORITY, "a.example.com")
                .end();
        for (byte[] header : List.of(LINE.getBytes(ISO_8859_1), Arrays.copyOf(writer.bytes(), length))) {
            seen.clear();
            EmbeddedChannel channel = channel();
            for (byte one : header) {
                assertThat(seen).isEmpty();
                channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {one}));
            }
            assertThat(seen).hasSize(2).last().isEqualTo("active 192.0.2.1:5060");
            channel.finishAndReleaseAll();
        }
    }

    @Test
    void aLocalHeaderLeavesTheAddressOfTheConnection() {
        EmbeddedChannel channel = channel();
        ProxyHeaderWriter writer = new ProxyHeaderWriter();
        int length = writer.beginLocal().end();
        channel.writeInbound(Unpooled.copiedBuffer(writer.bytes(), 0, length));
        assertThat(seen).containsExactly("accepted v2", "active " + PROXY);
        channel.finishAndReleaseAll();
    }

    @Test
    void whoSendsNoHeaderIsClosedAtOnce() {
        EmbeddedChannel channel = channel();
        channel.writeInbound(bytes("OPTIONS sip:a SIP/2.0\r\n"));
        assertThat(seen).containsExactly("refused NO_HEADER");
        assertThat(channel.isOpen()).isFalse();
        assertThat(rest(channel)).isEmpty();
    }

    @Test
    void whoSendsNoWholeHeaderInTimeIsClosed() {
        EmbeddedChannel channel = channel();
        channel.writeInbound(bytes("PROXY TCP4 "));
        channel.advanceTimeBy(2, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isTrue();
        channel.advanceTimeBy(1001, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isFalse();
        assertThat(seen).containsExactly("timed out");
    }

    @Test
    void whoGoesBeforeTheHeaderIsWholeIsNotHeardOf() {
        EmbeddedChannel channel = channel();
        channel.writeInbound(bytes("PROXY"));
        channel.finishAndReleaseAll();
        assertThat(seen).containsExactly("refused INCOMPLETE");
    }

    @Test
    void datagramsOfTheProxyNeedAHeaderEachAndOthersNeedNone() {
        DatagramGate gate =
                new DatagramGate(new ProxyProtocolGate.Terms(PROXY::sameAddress, Duration.ofSeconds(3), true), counts);
        ProxyHeaderWriter writer = new ProxyHeaderWriter();
        IpPort client = IpPort.of(new InetSocketAddress("192.0.2.1", 5060));
        int length =
                writer.begin(ProxyHeaderWriter.Payload.DATAGRAM, client, PROXY).end();
        byte[] datagram = Arrays.copyOf(writer.bytes(), length + 4);
        assertThat(gate.pass(datagram, 0, datagram.length, PROXY)).isEqualTo(length);
        assertThat(gate.source()).isEqualTo(client);
        assertThat(gate.pass(datagram, 0, length - 1, PROXY)).isEqualTo(DatagramGate.DROPPED);
        assertThat(gate.pass(new byte[] {'X'}, 0, 1, PROXY)).isEqualTo(DatagramGate.DROPPED);
        byte[] line = LINE.getBytes(ISO_8859_1);
        assertThat(gate.pass(line, 0, line.length, PROXY)).isEqualTo(DatagramGate.DROPPED);
        // What looks like a header is payload when it comes from elsewhere.
        assertThat(gate.pass(datagram, 0, datagram.length, client)).isZero();
        assertThat(gate.source()).isEqualTo(client);
        assertThat(seen)
                .containsExactly("accepted v2", "refused INCOMPLETE", "refused NO_HEADER", "refused UNKNOWN_FORM");
    }

    @Test
    void strangersMayBeRefused() {
        DatagramGate gate =
                new DatagramGate(new ProxyProtocolGate.Terms(PROXY::sameAddress, Duration.ofSeconds(3), false), counts);
        assertThat(gate.pass(new byte[] {'X'}, 0, 1, IpPort.of(new InetSocketAddress("192.0.2.1", 5060))))
                .isEqualTo(DatagramGate.DROPPED);
        assertThat(seen).containsExactly("stranger");
    }
}
