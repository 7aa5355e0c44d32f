package org.strowger.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.strowger.discovery.Backend;
import org.strowger.health.probe.ProbeFront;
import org.strowger.proxy.transport.TlsToBackends;
import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/** Probes over TLS, by the certificates and authorities that calls to the backend go by. */
@RunsOn(RunsOn.Runner.CONTROL)
final class TlsProbeFront implements ProbeFront {
    private final TlsToBackends tls;

    private TlsProbeFront(TlsToBackends tls) {
        this.tls = tls;
    }

    static ProbeFront of(Backend backend, TlsToBackends tls) {
        return backend.transport().isEncrypted() ? new TlsProbeFront(tls) : NONE;
    }

    @Override
    public Future<?> install(Channel fresh, InetSocketAddress remote) {
        Promise<Void> secured = fresh.eventLoop().newPromise();
        fresh.pipeline()
                .addLast(
                        tls.of(IpPort.of(remote))
                                .newHandler(fresh, remote.getAddress().getHostAddress(), remote.getPort()),
                        new Gate(secured));
        return secured;
    }

    /** Hears of the end of the handshake. */
    @RunsOn(RunsOn.Runner.CONTROL)
    private static final class Gate extends ChannelInboundHandlerAdapter {
        private final Promise<Void> secured;

        Gate(Promise<Void> secured) {
            this.secured = secured;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslHandshakeCompletionEvent end) {
                if (end.isSuccess()) {
                    secured.trySuccess(null);
                } else {
                    secured.tryFailure(end.cause());
                }
            }
            context.fireUserEventTriggered(event);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            secured.tryFailure(new IOException("closed in the TLS handshake"));
            context.fireChannelInactive();
        }
    }
}
