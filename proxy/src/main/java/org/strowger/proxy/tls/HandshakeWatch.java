package org.strowger.proxy.tls;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SniCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.internal.tcnative.SSL;
import java.security.cert.Certificate;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.strowger.threading.RunsOn;

/**
 * Waits behind the TLS handler for the end of the handshake, counts it, keeps what it agreed upon, and goes. Who comes
 * after it in the pipeline finds the {@link TlsSession} when it hears of the end.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class HandshakeWatch extends ChannelInboundHandlerAdapter {
    private final TlsSide side;
    private final TlsTotals totals;
    private final Supplier<Instant> clock;
    private final long begunMillis;
    private String serverName = "";
    private boolean ended;
    private boolean isActive;

    HandshakeWatch(TlsSide side, TlsTotals totals, Supplier<Instant> clock) {
        this.side = side;
        this.totals = totals;
        this.clock = clock;
        this.begunMillis = clock.get().toEpochMilli();
    }

    void serverName(String asked) {
        serverName = asked;
    }

    /** For those behind, a connection begins when the handshake has ended. */
    @Override
    public void channelActive(ChannelHandlerContext context) {
        isActive = true;
    }

    /** Counted; the TLS handler closes the connection where the end of the handshake is not the reason already. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        failed(HandshakeResult.of(cause));
        var unused = context.close();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent end) {
            if (end.isSuccess()) {
                succeeded(context, end);
                return;
            }
            failed(HandshakeResult.of(end.cause()));
        } else if (event instanceof SniCompletionEvent greeting && !greeting.isSuccess()) {
            failed(HandshakeResult.of(greeting.cause()));
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        failed(HandshakeResult.CLOSED);
        context.fireChannelInactive();
    }

    private void failed(HandshakeResult result) {
        if (!ended) {
            ended = true;
            totals.count(side, result);
        }
    }

    private void succeeded(ChannelHandlerContext context, SslHandshakeCompletionEvent end) {
        SslHandler handler = context.pipeline().get(SslHandler.class);
        SSLEngine engine = handler.engine();
        SSLSession session = engine.getSession();
        Channel channel = context.channel();
        ended = true;
        PeerNames names = PeerNames.NONE;
        boolean authenticated = false;
        try {
            X509Certificate peer = certificate(session);
            // A session that is taken up was verified when it began.
            peer.checkValidity(Date.from(clock.get()));
            names = PeerNames.of(peer);
            authenticated = true;
        } catch (SSLPeerUnverifiedException e) {
            // None was asked for, or shown.
            names = PeerNames.NONE;
        } catch (CertificateExpiredException | CertificateNotYetValidException e) {
            totals.count(side, HandshakeResult.BAD_CERTIFICATE);
            var unused = channel.close();
            return;
        }
        totals.count(side, isResumed(engine, session) ? HandshakeResult.RESUMED : HandshakeResult.FULL);
        TlsVersion version =
                session.getProtocol().equals(TlsVersion.TLS_1_3.protocol()) ? TlsVersion.TLS_1_3 : TlsVersion.TLS_1_2;
        totals.count(side, version);
        String protocol = handler.applicationProtocol();
        new TlsSession(serverName, protocol == null ? "" : protocol, version, names.sipDomains(), authenticated)
                .attach(channel);
        if (isActive) {
            context.fireChannelActive();
        }
        context.fireUserEventTriggered(end);
        context.pipeline().remove(this);
    }

    private static X509Certificate certificate(SSLSession session) throws SSLPeerUnverifiedException {
        Certificate[] chain = session.getPeerCertificates();
        if (chain.length > 0 && chain[0] instanceof X509Certificate own) {
            return own;
        }
        throw new SSLPeerUnverifiedException("no certificate");
    }

    private boolean isResumed(SSLEngine engine, SSLSession session) {
        return engine instanceof ReferenceCountedOpenSslEngine openSsl
                ? SSL.isSessionReused(openSsl.sslPointer())
                : session.getCreationTime() < begunMillis;
    }
}
