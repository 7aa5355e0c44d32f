package org.strowger.proxy.tls;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.strowger.threading.RunsOn;

/** The TLS end of accepted connections, by the certificates that are in force when each begins. */
@RunsOn(RunsOn.Runner.ANY)
public final class ServerTls {
    private final Section section;
    private final TlsTotals totals;
    private final Supplier<Instant> clock;
    private volatile HandshakeLimit limit;

    ServerTls(Section section, TlsTotals totals, Supplier<Instant> clock, HandshakeLimit limit) {
        this.section = section;
        this.totals = totals;
        this.clock = clock;
        this.limit = limit;
    }

    void limit(HandshakeLimit other) {
        limit = other;
    }

    /**
     * Whether one more handshake may begin now; if not, that is counted, and the connection is to be closed at once, before
     * anything is spent on it. To be asked once for each connection accepted.
     */
    public boolean admit() {
        if (limit.take()) {
            return true;
        }
        totals.count(TlsSide.SERVER, HandshakeResult.LIMITED);
        return false;
    }

    /**
     * The handler to be put where the bytes come in. It chooses the certificate by the name that the client asks for,
     * and puts TLS in its own place. Its end is an {@code SslHandshakeCompletionEvent}; from then on
     * {@link TlsSession#of} says what was agreed upon. It never lets anything of the application pass before that.
     *
     * @param protocols offered by ALPN, the preferred one first; empty: none
     */
    public ChannelHandler newHandler(Channel channel, List<String> protocols) {
        long timeoutMillis =
                section.present().material().options().handshakeTimeout().toMillis();
        return new ServerGreeting(
                section, List.copyOf(protocols), new HandshakeWatch(TlsSide.SERVER, totals, clock), timeoutMillis);
    }
}
