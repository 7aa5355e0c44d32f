package org.strowger.proxy.admin;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.threading.RunsOn;

/** Answers the requests of all admin connections: token, method, path, page. Runs on the admin thread. */
@ChannelHandler.Sharable
@RunsOn(RunsOn.Runner.ANY)
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);
    private static final String SCHEME = "Bearer ";
    private static final String UNAUTHORIZED = "Authorization: absent or wrong (expected: Bearer and admin.token)";

    /** The answer of the request before, which goes first: answers keep the order of their requests. */
    private static final AttributeKey<CompletionStage<?>> BEFORE = AttributeKey.valueOf(AdminHandler.class, "before");

    private final AdminPages pages;
    private final Optional<AdminApi> api;
    /** Any thread may replace it. */
    private volatile Optional<byte[]> token;

    AdminHandler(AdminPages pages, Optional<AdminApi> api, Optional<String> token) {
        this.pages = pages;
        this.api = api;
        this.token = bytes(token);
    }

    private static Optional<byte[]> bytes(Optional<String> token) {
        return token.map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    /** What requests must show from now on. */
    void useToken(Optional<String> now) {
        token = bytes(now);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        boolean keepAlive =
                HttpUtil.isKeepAlive(request) && request.decoderResult().isSuccess();
        CompletionStage<AdminAnswer> answer = answer(request, context.channel().remoteAddress());
        CompletionStage<?> before = context.channel().attr(BEFORE).get();
        CompletionStage<AdminAnswer> turn = before == null ? answer : before.thenCompose(written -> answer);
        CompletionStage<?> written = turn.exceptionally(e -> failed(request.uri(), e))
                .thenAccept(made -> context.executor().execute(() -> write(context, made, keepAlive)));
        context.channel().attr(BEFORE).set(written);
    }

    static void write(ChannelHandlerContext context, AdminAnswer answer, boolean keepAlive) {
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()), Unpooled.wrappedBuffer(body));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
                .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .set("X-Content-Type-Options", "nosniff");
        if (answer.status() == 401) {
            response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"strowger\"");
        }
        if (answer.status() == 405) {
            response.headers().set(HttpHeaderNames.ALLOW, answer.allow());
        }
        HttpUtil.setKeepAlive(response, keepAlive);
        // The codec remembers that a request was HEAD and leaves the body out.
        ChannelFuture sent = context.writeAndFlush(response);
        if (!keepAlive) {
            sent.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private CompletionStage<AdminAnswer> answer(FullHttpRequest request, SocketAddress remote) {
        if (api.isPresent()
                && request.decoderResult().isSuccess()
                && request.uri().startsWith(AdminApi.PREFIX)) {
            return viaApi(api.get(), request, remote);
        }
        return CompletableFuture.completedFuture(page(request));
    }

    private CompletionStage<AdminAnswer> viaApi(AdminApi to, FullHttpRequest request, SocketAddress remote) {
        if (!authorized(request)) {
            return CompletableFuture.completedFuture(AdminAnswer.error(401, UNAUTHORIZED));
        }
        boolean withToken = token.isPresent();
        Optional<AdminAnswer> refusal = withToken ? Optional.empty() : ApiGate.refusal(request);
        try {
            return refusal.<CompletionStage<AdminAnswer>>map(CompletableFuture::completedFuture)
                    .orElseGet(() -> to.answer(
                            request.method().name(),
                            request.uri(),
                            request.content().toString(StandardCharsets.UTF_8),
                            ApiGate.caller(request, remote, withToken)));
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(failed(request.uri(), e));
        }
    }

    private static AdminAnswer failed(String uri, Throwable e) {
        LOG.error("admin page {} failed", uri, e);
        return AdminAnswer.error(500, "the page failed; the log says why");
    }

    private AdminAnswer page(FullHttpRequest request) {
        DecoderResult parsed = request.decoderResult();
        if (!parsed.isSuccess()) {
            return malformed(parsed.cause());
        }
        boolean reads =
                request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        String uri = request.uri();
        int query = uri.indexOf('?');
        String path = query < 0 ? uri : uri.substring(0, query);
        try {
            if (!authorized(request)) {
                Optional<AdminAnswer> probe = reads ? pages.probe(path) : Optional.empty();
                return probe.orElseGet(() -> AdminAnswer.error(401, UNAUTHORIZED));
            }
            if (request.method().equals(HttpMethod.POST) && path.equals(ExplainPage.PATH)) {
                return pages.explain(uri, ByteBufUtil.getBytes(request.content()));
            }
            if (path.equals(ExplainPage.PATH)) {
                return AdminAnswer.notAllowed(request.method().name(), "POST");
            }
            return reads
                    ? pages.get(path)
                    : AdminAnswer.notAllowed(request.method().name(), "GET, HEAD");
        } catch (RuntimeException e) {
            return failed(uri, e);
        }
    }

    private static AdminAnswer malformed(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return AdminAnswer.error(414, "request line too long");
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return AdminAnswer.error(431, "header too long");
        }
        return AdminAnswer.error(400, "not an HTTP request");
    }

    /** Compares all bytes whatever the first difference, so that the time says nothing about the token. */
    private boolean authorized(FullHttpRequest request) {
        Optional<byte[]> wanted = token;
        if (wanted.isEmpty()) {
            return true;
        }
        String header = request.headers().get(HttpHeaderNames.AUTHORIZATION, "");
        return header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                && MessageDigest.isEqual(
                        wanted.get(), header.substring(SCHEME.length()).trim().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        if (event instanceof IdleStateEvent) {
            close(context);
        } else {
            super.userEventTriggered(context, event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException || cause instanceof PrematureChannelClosureException) {
            LOG.debug("admin connection of {} ended: {}", context.channel().remoteAddress(), cause.toString());
        } else {
            LOG.error("admin connection of {} failed", context.channel().remoteAddress(), cause);
        }
        close(context);
    }

    private static void close(ChannelHandlerContext context) {
        var unused = context.close();
    }
}
