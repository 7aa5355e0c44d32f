package org.strowger.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import org.strowger.proxy.relay.Encryption;
import org.strowger.proxy.tls.ServerTls;
import org.strowger.proxy.tls.TlsSession;
import org.strowger.threading.RunsOn;

/** Ends TLS before a relay by a section of the configuration. */
@RunsOn(RunsOn.Runner.ANY)
final class RelayTls implements Encryption {
    private final ServerTls tls;

    RelayTls(ServerTls tls) {
        this.tls = tls;
    }

    @Override
    public boolean admit() {
        return tls.admit();
    }

    @Override
    public ChannelHandler newHandler(Channel channel) {
        return tls.newHandler(channel, List.of());
    }

    @Override
    public Agreed agreed(Channel channel) {
        TlsSession session = TlsSession.of(channel).orElseThrow();
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        return new Agreed(
                session.serverName(),
                "TLSv" + session.version().label(),
                handler.engine().getSession().getCipherSuite());
    }
}
