package org.strowger.health.probe;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.CorruptedFrameException;
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
final class HttpProbe implements Probe, ProbeChannel.User {
    private final ProbeMethod.Http method;
    private final ProbeChannel channel;
    private final ProbeSink sink;
    private final String host;
    private final String question;

    HttpProbe(Backend backend, ProbeMethod.Http method, ProbeFront front, ProbeSockets sockets, ProbeSink sink) {
        InetSocketAddress own = backend.address();
        InetSocketAddress address = method.port() == 0 ? own : new InetSocketAddress(own.getAddress(), method.port());
        this.method = method;
        this.channel = new ProbeChannel(sockets::briefStream, front, address, this);
        this.sink = sink;
        this.host = NetUtil.toSocketAddressString(address);
        this.question = "GET http://" + host + method.path();
    }

    @Override
    public void begin() {
        channel.open();
    }

    @Override
    public void equip(Channel fresh) {
        fresh.pipeline().addLast(new HttpClientCodec()).addLast(new Answers());
    }

    @Override
    public void opened(Channel open) {
        var unused = open.writeAndFlush(request());
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

    private void answered(Channel from, HttpResponse response, Optional<ReportedLoad> load) {
        if (channel.isCurrent(from)) {
            channel.close();
            sink.answered(
                    new ProbeAnswer(response.status().code(), response.status().reasonPhrase(), "", load));
        }
    }

    @Override
    public void ended(Throwable cause) {
        sink.failed(Causes.shown(cause));
    }

    @Override
    public void abandon() {
        channel.close();
    }

    @Override
    public String question() {
        return question;
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
                channel.end(context.channel(), new CorruptedFrameException("what came is not HTTP"));
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
    }
}
