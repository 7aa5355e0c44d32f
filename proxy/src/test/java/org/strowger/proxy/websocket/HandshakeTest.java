package org.strowger.proxy.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strowger.proxy.config.Origins;
import org.strowger.proxy.transport.FlowKeepAlive;
import org.strowger.sip.Transport;
import org.strowger.sip.websocket.FrameViolation;
import org.strowger.threading.RunsOn;

/** The server's end of the handshake (RFC 6455 section 4.2, RFC 7118 section 4), bytes in and bytes out. */
final class HandshakeTest {
    private static final String GOOD = """
            GET /chat HTTP/1.1
            Host: server.example.com
            Upgrade: websocket
            Connection: keep-alive, Upgrade
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
            Origin: https://app.example.com
            Sec-WebSocket-Protocol: chat, sip
            Sec-WebSocket-Version: 13

            """;

    private final Tally tally = new Tally();
    private final List<String> flows = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel();

    /** Counts by name. */
    private static final class Tally implements WebSocketCounters {
        final List<String> counts = new ArrayList<>();

        @Override
        public void opened() {
            counts.add("opened");
        }

        @Override
        public void closed() {
            counts.add("closed");
        }

        @Override
        public void refused(HandshakeRefusal refusal) {
            counts.add(refusal.name());
        }

        @Override
        public void violated(FrameViolation violation) {
            counts.add(violation.name());
        }

        @Override
        public void pinged() {
            counts.add("pinged");
        }

        @Override
        public void ponged() {
            counts.add("ponged");
        }
    }

    /** Takes the bytes that are the flow's. */
    @RunsOn(RunsOn.Runner.EVENT_LOOP)
    private final class FlowBytes extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            flows.add("bytes " + ((ByteBuf) message).toString(StandardCharsets.ISO_8859_1));
            ReferenceCountUtil.release(message);
        }
    }

    private void accept(String... origins) {
        WebSocketOptions options = new WebSocketOptions(1000, Duration.ofSeconds(10), FlowKeepAlive.OFF);
        HttpFront front = new HttpFront(
                new HttpFront.Place(Transport.WS, 0, any -> 0),
                new HttpFront.Settings(options, new Origins(List.of(origins))::allow, Optional.empty()),
                any -> tally);
        front.accepted(channel, (opened, as) -> {
            flows.add("flow " + as.transport());
            opened.pipeline().addLast(new FlowBytes());
        });
    }

    private String answer(String request) {
        channel.writeInbound(Unpooled.copiedBuffer(request.replace("\n", "\r\n"), StandardCharsets.ISO_8859_1));
        return answer();
    }

    private String answer() {
        StringBuilder text = new StringBuilder();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            text.append(out.toString(StandardCharsets.ISO_8859_1));
            out.release();
        }
        return text.toString();
    }

    @AfterEach
    void everythingIsReleased() {
        channel.finishAndReleaseAll();
    }

    @Test
    void theSampleOfTheStandardIsAnsweredAsThere() {
        accept();
        assertThat(answer(GOOD))
                .startsWith("HTTP/1.1 101 Switching Protocols\r\n")
                .contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")
                .contains("sec-websocket-protocol: sip\r\n")
                .doesNotContain("extensions");
        assertThat(flows).containsExactly("flow WS");
        assertThat(tally.counts).containsExactly("opened");
        channel.close().syncUninterruptibly();
        assertThat(tally.counts).containsExactly("opened", "closed");
    }

    @Test
    void whatFollowsTheHandshakeAtOnceIsTheFlows() {
        accept();
        answer(GOOD + "frames");
        channel.writeInbound(Unpooled.copiedBuffer("more", StandardCharsets.US_ASCII));
        assertThat(flows).containsExactly("flow WS", "bytes frames", "bytes more");
    }

    @ParameterizedTest(name = "{0} becomes {1}: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "GET /chat | POST /chat | 400 | BAD_UPGRADE",
                "HTTP/1.1 | HTTP/1.0 | 400 | BAD_UPGRADE",
                "Connection: keep-alive, Upgrade | Connection: keep-alive | 400 | BAD_UPGRADE",
                "Host: server.example.com | Hoist: x | 400 | BAD_UPGRADE",
                "Host: server.example.com | Content-Length: 3 | 400 | BAD_UPGRADE",
                "Version: 13 | Version: 8 | 426 | VERSION",
                "Sec-WebSocket-Version: 13 | X-Nothing: 1 | 426 | VERSION",
                "dGhlIHNhbXBsZSBub25jZQ== | dGhlIHNhbXBsZSBub25j | 400 | BAD_KEY",
                "dGhlIHNhbXBsZSBub25jZQ== | not_base64_not_base64_!! | 400 | BAD_KEY",
                "Sec-WebSocket-Key: | X-Key: | 400 | BAD_KEY",
                "https://app.example.com | https://app.example.com.evil.org | 403 | ORIGIN",
                "https://app.example.com | https://example.com | 403 | ORIGIN",
                "https://app.example.com | https://evil.org/.example.com | 403 | ORIGIN",
                "https://app.example.com | http://app.example.com | 403 | ORIGIN",
                "https://app.example.com | https://app.example.com:444 | 403 | ORIGIN",
                "https://app.example.com | null | 403 | ORIGIN",
                "chat, sip | chat | 404 | NOT_SIP",
                "chat, sip | SIP | 404 | NOT_SIP",
                "Upgrade: websocket | Upgrade: h2c | 404 | NOT_SIP",
                "GET /chat HTTP/1.1 | nonsense | 400 | BAD_HTTP"
            })
    void eachFaultHasItsAnswer(String part, String instead, int status, HandshakeRefusal cause) {
        accept("https://*.example.com");
        String answer = answer(GOOD.replace(part, instead));
        assertThat(answer).startsWith("HTTP/1.1 " + status + " ").contains("connection: close\r\n");
        assertThat(answer.contains("sec-websocket-version: 13\r\n")).isEqualTo(status == 426);
        assertThat(tally.counts).containsExactly(cause.name());
        assertThat(flows).isEmpty();
        assertThat(channel.isOpen()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"5000, 414, LONG_LINE", "0, 431, LONG_HEADER"})
    void whatIsTooLongIsRefused(int line, int status, HandshakeRefusal cause) {
        accept();
        String longHeader = line == 0 ? "X: " + "y".repeat(20_000) + "\n" : "";
        String answer = answer(GOOD.replace("/chat", "/" + "c".repeat(line)).replace("Host:", longHeader + "Host:"));
        assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
        assertThat(tally.counts).containsExactly(cause.name());
    }

    @ParameterizedTest
    @CsvSource({
        "https://app.example.com, true",
        "https://a.b.example.com, true",
        "HTTPS://APP.EXAMPLE.COM, true",
        "http://localhost:3000, true",
        "http://localhost, false",
        "https://.example.com, false",
        "https://appexample.com, false"
    })
    void originsAreComparedWhole(String origin, boolean isAllowed) {
        Origins origins = new Origins(List.of("https://*.example.com", "http://localhost:3000"));
        assertThat(origins.allow(origin)).isEqualTo(isAllowed);
    }

    @Test
    void aHandshakeWithoutOriginIsNoBrowsersAndWelcome() {
        accept("https://*.example.com");
        assertThat(answer(GOOD.replace("Origin: https://app.example.com\n", "")))
                .startsWith("HTTP/1.1 101 ");
    }

    @Test
    void whoDoesNotFinishInTimeIsSentAway() {
        accept();
        assertThat(answer("GET /chat HTTP/1.1\nHost: x\n")).isEmpty();
        channel.advanceTimeBy(11, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(answer()).startsWith("HTTP/1.1 408 ");
        assertThat(tally.counts).containsExactly("TIMEOUT");
        assertThat(channel.isOpen()).isFalse();
    }
}
