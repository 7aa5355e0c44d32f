package org.strowger.proxy.tls;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.strowger.threading.RunsOn;

/** The TLS end of connections that we make, by the certificate and the authorities in force when each begins. */
@RunsOn(RunsOn.Runner.ANY)
public final class ClientTls {
    private final Section section;
    private final Names names;
    private final TlsTotals totals;
    private final Supplier<Instant> clock;

    /** How the name in a server's certificate is held against the one that it was reached by. */
    public enum Names {
        /** RFC 5922: a {@code sip} URI of the domain, else a DNS name; no wildcards. */
        SIP,
        /** RFC 9525, the web's: a DNS name, of which the first label may be a wildcard. */
        WEB
    }

    ClientTls(Section section, Names names, TlsTotals totals, Supplier<Instant> clock) {
        this.section = section;
        this.names = names;
        this.totals = totals;
        this.clock = clock;
    }

    /**
     * The handler to be put where the bytes come in.
     *
     * @param host what the server is reached by, a name or an address; {@code server-name} of the section goes before it
     */
    public ChannelHandler newHandler(Channel channel, String host, int port) {
        return newHandler(channel, host, port, List.of());
    }

    /** The same that offers protocols (ALPN), the preferred one first. */
    public ChannelHandler newHandler(Channel channel, String host, int port, List<String> protocols) {
        Generation generation = section.take();
        SslHandler tls;
        try {
            TlsOptions options = generation.material().options();
            tls = new SslHandler(generation.clientEngine(
                    names == Names.SIP ? Generation.Purpose.SIP_CLIENT : Generation.Purpose.WEB_CLIENT,
                    List.copyOf(protocols),
                    channel.alloc(),
                    options.serverName().orElse(host),
                    port));
            tls.setHandshakeTimeoutMillis(options.handshakeTimeout().toMillis());
        } finally {
            generation.release();
        }
        return new Start(tls, new HandshakeWatch(TlsSide.CLIENT, totals, clock));
    }

    /** Puts two handlers in the place of one. */
    private static final class Start extends ChannelHandlerAdapter {
        private final SslHandler tls;
        private final HandshakeWatch watch;

        Start(SslHandler tls, HandshakeWatch watch) {
            this.tls = tls;
            this.watch = watch;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            context.pipeline().addAfter(context.name(), null, watch);
            context.pipeline().replace(this, null, tls);
        }
    }
}
