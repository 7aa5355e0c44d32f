package org.strowger.health.probe;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.strowger.discovery.Backend;
import org.strowger.threading.RunsOn;

/** HTTP GET on a connection of its own; of the answer the head is enough, unless its body is JSON. */
@RunsOn(RunsOn.Runner.CONTROL)
final class HttpProbe implements Probe {
    private final InetSocketAddress address;
    private final ProbeMethod.Http method;
    private final ProbeSockets sockets;
    private final ProbeSink sink;
    private final String host;
    private final String question;
    private @Nullable Channel channel;

    HttpProbe(Backend backend, ProbeMethod.Http method, ProbeSockets sockets, ProbeSink sink) {
        InetSocketAddress own = backend.address();
        this.address = method.port() == 0 ? own : new InetSocketAddress(own.getAddress(), method.port());
        this.method = method;
        this.sockets = sockets;
        this.sink = sink;
        this.host = NetUtil.toSocketAddressString(address);
        this.question = "GET http://" + host + method.path();
    }

    @Override
    public void begin() {
        ChannelFuture connecting = sockets.stream(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel fresh) {
                        fresh.pipeline().addLast(new HttpClientCodec()).addLast(new Answers());
                    }
                })
                .option(ChannelOption.SO_LINGER, 0)
                .connect(address);
        Channel opened = connecting.channel();
        channel = opened;
        connecting.addListener(done -> {
            if (opened != channel) {
                return;
            }
            if (done.isSuccess()) {
                var unused = opened.writeAndFlush(request());
            } else {
                failed(opened, Causes.shown(done.cause()));
            }
        });
    }

    private HttpRequest request() {
        HttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, method.path(), Unpooled.EMPTY_BUFFER);
        request.headers()
                .set(HttpHeaderNames.HOST, host)
                .set(HttpHeaderNames.USER_AGENT, "Strowger")
                .set(HttpHeaderNames.ACCEPT, "*/*")
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        return request;
    }

    private void failed(Channel gone, String what) {
        if (gone == channel) {
            abandon();
            sink.failed(what);
        }
    }

    private void answered(Channel from, HttpResponse response, Optional<ReportedLoad> load) {
        if (from == channel) {
            abandon();
            sink.answered(
                    new ProbeAnswer(response.status().code(), response.status().reasonPhrase(), "", load));
        }
    }

    @Override
    public void repeat() {} // TCP repeats by itself

    @Override
    public void abandon() {
        Channel open = channel;
        channel = null;
        if (open != null) {
            var unused = open.close();
        }
    }

    @Override
    public String question() {
        return question;
    }

    @Override
    public String noise() {
        return "";
    }

    @Override
    public void close() {
        abandon();
    }

    /** Takes what comes on one connection; a body only if it may speak of the load. */
    @RunsOn(RunsOn.Runner.CONTROL)
    private final class Answers extends SimpleChannelInboundHandler<HttpObject> {
        private static final int MAX_BODY_BYTES = 4096;

        private final StringBuilder body = new StringBuilder();
        private @Nullable HttpResponse awaitingBody;

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
            if (!message.decoderResult().isSuccess()) {
                failed(context.channel(), "what came is not HTTP");
                return;
            }
            // 1xx are not final, RFC 9110 section 15.2.
            if (message instanceof HttpResponse response && response.status().code() >= 200) {
                head(context.channel(), response);
            }
            HttpResponse head = awaitingBody;
            if (message instanceof HttpContent content && head != null) {
                body.append(content.content().toString(StandardCharsets.UTF_8));
                if (message instanceof LastHttpContent || body.length() >= MAX_BODY_BYTES) {
                    String text = body.length() <= MAX_BODY_BYTES ? body.toString() : body.substring(0, MAX_BODY_BYTES);
                    answered(context.channel(), head, Optional.of(new ReportedLoad(ReportedLoad.Form.JSON, text)));
                }
            }
        }

        private void head(Channel from, HttpResponse response) {
            String load = response.headers().get(ProbeAnswer.LOAD_HEADER);
            String type = response.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
            if (load != null) {
                answered(from, response, Optional.of(new ReportedLoad(ReportedLoad.Form.HEADER, load)));
            } else if (type.toLowerCase(Locale.ROOT).contains("json")) {
                awaitingBody = response;
            } else {
                answered(from, response, Optional.empty());
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            failed(context.channel(), "connection closed without an answer");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            failed(context.channel(), Causes.shown(cause));
        }
    }
}
