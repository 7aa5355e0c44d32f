package org.strowger.proxy.tls;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.strowger.threading.RunsOn;

/** Reads the first message of a client, chooses the certificate by the name in it (RFC 6066), and makes way for TLS. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class ServerGreeting extends AbstractSniHandler<Integer> {
    /** Longer than any client says who it is, certificates of post-quantum keys included. */
    private static final int MAX_GREETING_BYTES = 16 * 1024;

    private final Section section;
    private final List<String> protocols;
    private final HandshakeWatch watch;
    private final long timeoutMillis;

    ServerGreeting(Section section, List<String> protocols, HandshakeWatch watch, long timeoutMillis) {
        super(MAX_GREETING_BYTES, timeoutMillis);
        this.section = section;
        this.protocols = protocols;
        this.watch = watch;
        this.timeoutMillis = timeoutMillis;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) throws Exception {
        context.pipeline().addAfter(context.name(), null, watch);
        super.handlerAdded(context);
    }

    @Override
    protected Future<Integer> lookup(ChannelHandlerContext context, @Nullable String host) {
        watch.serverName(host == null ? "" : host.toLowerCase(Locale.ROOT));
        return context.executor().newSucceededFuture(0);
    }

    @Override
    protected void onLookupComplete(ChannelHandlerContext context, @Nullable String host, Future<Integer> found) {
        Generation generation = section.take();
        SSLEngine engine;
        try {
            int credential = host == null ? 0 : generation.credential(host);
            engine = generation.serverEngine(credential, protocols, context.alloc());
        } finally {
            generation.release();
        }
        boolean taken = false;
        try {
            SslHandler tls = new SslHandler(engine);
            tls.setHandshakeTimeoutMillis(timeoutMillis);
            context.pipeline().replace(this, null, tls);
            taken = true;
        } finally {
            if (!taken) {
                // A handler that is in the pipeline releases it when it leaves.
                ReferenceCountUtil.safeRelease(engine);
            }
        }
    }
}
