package org.strowger.proxy.relay;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.util.concurrent.Future;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.strowger.threading.RunsOn;

/** Reads the host name in the ClientHello that a connection begins with, and lets all pass as it came. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class HostReader extends AbstractSniHandler<String> {
    private static final int MAX_CLIENT_HELLO = 64 * 1024;
    private static final long TIMEOUT_MILLIS = 5000;

    private final TcpSession session;

    HostReader(TcpSession session) {
        super(MAX_CLIENT_HELLO, TIMEOUT_MILLIS);
        this.session = session;
    }

    @Override
    protected Future<String> lookup(ChannelHandlerContext ctx, @Nullable String hostname) {
        return ctx.executor().newSucceededFuture(hostname == null ? "" : hostname.toLowerCase(Locale.ROOT));
    }

    @Override
    protected void onLookupComplete(ChannelHandlerContext ctx, @Nullable String hostname, Future<String> host) {
        session.route(host.getNow());
        if (!ctx.isRemoved()) {
            ctx.pipeline().remove(this);
        }
    }
}
