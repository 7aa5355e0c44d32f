package org.strowger.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.strowger.health.Eligibility;
import org.strowger.proxy.metrics.Counter;

/** HTTP/2 on the client's side, by Netty's own client. */
@Timeout(60)
class Http2IT {
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final CompletableFuture<Boolean> extendedConnect = new CompletableFuture<>();
    private final List<AutoCloseable> closing = new ArrayList<>();

    private <T extends AutoCloseable> T open(T one) {
        closing.add(0, one);
        return one;
    }

    @AfterEach
    void close() throws Exception {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        for (AutoCloseable one : closing) {
            one.close();
        }
    }

    private Channel connect(HttpSetup setup) {
        return connect(setup, Http2Settings.defaultSettings());
    }

    private Channel connect(HttpSetup setup, Http2Settings settings) {
        return new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(Http2FrameCodecBuilder.forClient()
                                        .initialSettings(settings)
                                        .build())
                                .addLast(new ChannelInboundHandlerAdapter() {
                                    @Override
                                    public void channelRead(ChannelHandlerContext ctx, Object message) {
                                        if (message instanceof Http2SettingsFrame settings) {
                                            extendedConnect.complete(Boolean.TRUE.equals(
                                                    settings.settings().connectProtocolEnabled()));
                                        }
                                        ctx.fireChannelRead(message);
                                    }
                                })
                                .addLast(new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
                    }
                })
                .connect(setup.address())
                .syncUninterruptibly()
                .channel();
    }

    /** What came on one stream: heads as text, bodies as they are, and {@code <end>} or {@code <reset>}. */
    private static final class Stream extends ChannelInboundHandlerAdapter {
        final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof Http2HeadersFrame frame) {
                StringBuilder text = new StringBuilder();
                frame.headers()
                        .forEach(field -> text.append(field.getKey())
                                .append('=')
                                .append(field.getValue())
                                .append('\n'));
                seen.add(text.toString());
                end(frame.isEndStream());
            } else if (message instanceof Http2DataFrame frame) {
                if (frame.content().isReadable()) {
                    seen.add(frame.content().toString(StandardCharsets.ISO_8859_1));
                }
                end(frame.isEndStream());
            }
            ReferenceCountUtil.release(message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof Http2ResetFrame reset) {
                seen.add("<reset " + reset.errorCode() + ">");
            }
        }

        private void end(boolean last) {
            if (last) {
                seen.add("<end>");
            }
        }

        String next() throws InterruptedException {
            return Objects.requireNonNull(seen.poll(20, TimeUnit.SECONDS), "nothing came");
        }
    }

    private static Http2StreamChannel stream(Channel connection, Stream handler) {
        return new Http2StreamChannelBootstrap(connection)
                .handler(handler)
                .open()
                .syncUninterruptibly()
                .getNow();
    }

    private static Http2Headers head(String method, String path) {
        return new DefaultHttp2Headers(false)
                .method(method)
                .scheme("http")
                .path(path)
                .authority("app");
    }

    private static void send(Channel stream, Http2Headers headers, boolean last) {
        stream.writeAndFlush(new DefaultHttp2HeadersFrame(headers, last)).syncUninterruptibly();
    }

    private static void send(Channel stream, String text, boolean last) {
        ByteBuf bytes = Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
        stream.writeAndFlush(new DefaultHttp2DataFrame(bytes, last)).syncUninterruptibly();
    }

    @Test
    void requestsOfHttp2ReachBackendsOfHttp1() throws Exception {
        PlainBackend backend = open(new PlainBackend((head, in, out) -> {
            String body = head.startsWith("POST") ? PlainBackend.head(in) : "";
            PlainBackend.write(
                    out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\r\n");
            PlainBackend.write(out, body.isEmpty() ? "" : "5\r\nhello\r\n");
            PlainBackend.write(out, "0\r\nX-Trailer: t\r\n\r\n");
            return true;
        }));
        HttpSetup setup = open(new HttpSetup(backend.address()));
        Channel connection = connect(setup);
        Stream get = new Stream();
        send(stream(connection, get), head("GET", "/a").add("cookie", "a=b").add("cookie", "c=d"), true);

        assertThat(get.next()).contains(":status=200\n", "set-cookie=STROWGER=").doesNotContain("x-hop", "transfer-");
        assertThat(get.next()).isEqualTo("x-trailer=t\n");
        assertThat(get.next()).isEqualTo("<end>");
        assertThat(backend.heads.get(0))
                .startsWith("GET /a HTTP/1.1\r\nHost: app\r\n")
                .contains("cookie: a=b; c=d\r\n")
                .contains("Via: 2.0 strowger\r\n");

        Stream post = new Stream();
        Channel channel = stream(connection, post);
        send(channel, head("POST", "/b"), false);
        send(channel, "abc", true);
        assertThat(post.next()).contains(":status=200\n");
        assertThat(post.next()).isEqualTo("hello");
        assertThat(backend.heads.get(1)).contains("Transfer-Encoding: chunked\r\n");
        assertThat(setup.count(Counter.HTTP_REQUESTS_2)).isEqualTo(2);
    }

    @Test
    void whatHttp1WouldTakeForTwoRequestsIsRefused() throws Exception {
        PlainBackend backend = open(PlainBackend.named("a"));
        HttpSetup setup = open(new HttpSetup(backend.address()));
        List<Http2Headers> bad = List.of(
                head("GET", "/ HTTP/1.1\r\nX: y"),
                head("GET", "/a b"),
                head("GET", "a"),
                head("GET", "/").add("x-a", "b c").add("transfer-encoding", "chunked"),
                head("GE T", "/"),
                head("GET", "/").add("content-length", "5"),
                head("GET", "/").add("host", "other"),
                head("GET", "/").authority("a/b"),
                head("CONNECT", "/"));
        for (Http2Headers headers : bad) {
            Channel connection = connect(setup);
            Stream stream = new Stream();
            send(stream(connection, stream), headers, true);
            assertThat(stream.next()).as(headers.toString()).containsPattern(":status=4|<reset");
            connection.close().syncUninterruptibly();
        }
        assertThat(backend.heads).isEmpty();
    }

    @Test
    void aWebSocketOverHttp2IsATunnel() throws Exception {
        HttpSetup setup = open(new HttpSetup(
                open(new PlainBackend((head, in, out) -> echo(head, in, out))).address()));
        Channel connection = connect(setup);
        assertThat(extendedConnect.get(10, TimeUnit.SECONDS)).isTrue();
        Stream stream = new Stream();
        Channel channel = stream(connection, stream);
        Http2Headers headers =
                head("CONNECT", "/ws").add(":protocol", "websocket").add("sec-websocket-version", "13");
        send(channel, headers, false);

        assertThat(stream.next()).contains(":status=200\n").doesNotContain("accept", "upgrade");
        for (int i = 0; i < 20; i++) {
            send(channel, "echo" + i, false);
            assertThat(stream.next()).isEqualTo("echo" + i);
        }
        send(channel, "", true);
        assertThat(stream.next()).isEqualTo("bye");
        assertThat(stream.next()).isEqualTo("<end>");
        assertThat(setup.count(Counter.HTTP_TUNNELS)).isEqualTo(1);
    }

    @Test
    void aClientWhoseBackendIsDownIsToldToComeAgainInHttp2Too() throws Exception {
        HttpSetup setup = open(new HttpSetup(
                open(new PlainBackend((head, in, out) -> echo(head, in, out))).address()));
        Channel connection = connect(setup);
        assertThat(extendedConnect.get(10, TimeUnit.SECONDS)).isTrue();
        Stream stream = new Stream();
        Channel channel = stream(connection, stream);
        send(channel, head("CONNECT", "/ws").add(":protocol", "websocket").add("sec-websocket-version", "13"), false);
        assertThat(stream.next()).contains(":status=200\n");
        send(channel, "\u0081\u0002hi", false);
        assertThat(stream.next()).isEqualTo("\u0081\u0002hi");

        setup.set(0, Eligibility.NONE);

        assertThat(stream.next()).isEqualTo("\u0088\u0002\u0003\u00f4");
        assertThat(stream.next()).isEqualTo("<end>");
        assertThat(connection.isActive()).isTrue();
        assertThat(setup.count(Counter.HTTP_TUNNELS_ENDED)).isEqualTo(1);
    }

    private static boolean echo(String head, java.io.InputStream in, java.io.OutputStream out) throws IOException {
        String key = head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("sec-websocket-key:"))
                .map(line -> line.substring(18).trim())
                .findFirst()
                .orElseThrow();
        PlainBackend.write(
                out,
                "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: " + WebSocketKey.accept(key) + "\r\n\r\n");
        byte[] block = new byte[100];
        int n = in.read(block);
        while (n >= 0) {
            out.write(block, 0, n);
            n = in.read(block);
        }
        PlainBackend.write(out, "bye");
        return false;
    }

    @Test
    void aStreamThatIsResetFreesTheBackend() throws Exception {
        CompletableFuture<Boolean> gone = new CompletableFuture<>();
        CompletableFuture<Boolean> asked = new CompletableFuture<>();
        HttpSetup setup = open(new HttpSetup(open(new PlainBackend((head, in, out) -> {
                    asked.complete(true);
                    gone.complete(in.read() < 0);
                    return false;
                }))
                .address()));
        Channel channel = stream(connect(setup), new Stream());
        send(channel, head("GET", "/"), true);
        asked.get(10, TimeUnit.SECONDS);
        channel.close().syncUninterruptibly();

        assertThat(gone.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void anAnswerThatComesBeforeTheRequestHasEndedComesWhole() throws Exception {
        PlainBackend backend = open(new PlainBackend((head, in, out) -> {
            PlainBackend.write(out, "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
            return in.read() < 0;
        }));
        HttpSetup setup = open(new HttpSetup(backend.address()));
        Stream stream = new Stream();
        send(stream(connect(setup), stream), head("POST", "/"), false);

        assertThat(stream.next()).contains(":status=413\n");
        assertThat(stream.next()).isEqualTo("big");
        assertThat(stream.next()).isEqualTo("<end>");
        assertThat(stream.next()).isEqualTo("<reset 0>");

        setup.set(0, Eligibility.NONE);
        Stream ours = new Stream();
        send(stream(connect(setup), ours), head("POST", "/"), false);
        assertThat(ours.next()).contains(":status=503\n");
        assertThat(ours.next()).startsWith("503 ");
        assertThat(ours.next()).isEqualTo("<end>");
        assertThat(ours.next()).isEqualTo("<reset 0>");
    }

    @Test
    void aClientThatDoesNotTakeItsAnswerIsReset() throws Exception {
        PlainBackend backend = open(PlainBackend.named("a"));
        Duration time = HttpSetup.LONG;
        HttpSetup setup = open(new HttpSetup(backend.address()))
                .times(new HttpOptions.Times(time, time, time, time, Duration.ofMillis(200), time, time));
        Channel connection = connect(setup, Http2Settings.defaultSettings().initialWindowSize(0));
        Stream stream = new Stream();
        send(stream(connection, stream), head("GET", "/"), true);

        assertThat(stream.next()).contains(":status=200\n");
        assertThat(stream.next()).isEqualTo("<reset 8>");
        assertThat(setup.count(Counter.HTTP_TROUBLE_STALLED)).isEqualTo(1);
    }

    @Test
    void a204SaysNoLength() throws Exception {
        PlainBackend backend = open(new PlainBackend((head, in, out) -> {
            PlainBackend.write(out, "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n");
            return true;
        }));
        HttpSetup setup = open(new HttpSetup(backend.address()));
        Stream stream = new Stream();
        send(stream(connect(setup), stream), head("GET", "/"), true);

        assertThat(stream.next()).contains(":status=204\n").doesNotContain("content-length");
        assertThat(stream.next()).isEqualTo("<end>");
    }
}
