package org.strowger.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Handshakes between both ends of ours, without sockets. */
class HandshakeTest {
    private static final TestAuthority AUTHORITY = new TestAuthority("authority");

    @TempDir
    private Path folder;

    private TlsStore store = store(Engine.OPENSSL);

    @AfterEach
    void close() {
        store.close();
    }

    private static TlsStore store(Engine engine) {
        return new TlsStore(engine, Ticker.systemTicker(), Instant::now);
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void bothEndsAgree(Engine engine) throws Exception {
        use(engine, listener("front", AUTHORITY.issue("dns:sip.example.com").write(folder, "front")), client("back"));
        TlsPair pair = new TlsPair(store, "front", "back", ClientTls.Names.SIP);
        assertThat(pair.handshake("sip.example.com")).isTrue();
        assertThat(pair.serverSession())
                .isEqualTo(new TlsSession("sip.example.com", "", TlsVersion.TLS_1_3, List.of(), false));
        assertThat(pair.clientSession().peerDomains()).containsExactly("sip.example.com");
        assertThat(pair.echo("OPTIONS")).isEqualTo("OPTIONS");
        assertThat(store.totals().handshakes(TlsSide.SERVER, HandshakeResult.FULL))
                .isEqualTo(1);
        assertThat(store.totals().versions(TlsSide.CLIENT, TlsVersion.TLS_1_3)).isEqualTo(1);
        pair.close();
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void aServerHasToBeWhoItWasReachedAs(Engine engine) throws Exception {
        use(engine, listener("front", AUTHORITY.issue("dns:*.example.com").write(folder, "front")), client("back"));
        TlsPair sip = new TlsPair(store, "front", "back", ClientTls.Names.SIP);
        assertThat(sip.handshake("sip.example.com"))
                .as("no wildcards, RFC 5922 section 7.2")
                .isFalse();
        assertThat(store.totals().handshakes(TlsSide.CLIENT, HandshakeResult.WRONG_NAME))
                .isEqualTo(1);
        assertThat(store.totals().handshakes(TlsSide.SERVER, HandshakeResult.REFUSED_BY_PEER))
                .isEqualTo(1);
        sip.close();
        TlsPair web = new TlsPair(store, "front", "back", ClientTls.Names.WEB);
        assertThat(web.handshake("sip.example.com")).isTrue();
        web.close();
    }

    private void use(Engine engine, TlsOptions... options) throws TlsFileException {
        store.close();
        store = store(engine);
        store.use(store.prepare(List.of(options), new TicketSecrets(List.of(new byte[32]))));
    }

    private static TlsOptions listener(String name, KeyPairFiles... pairs) {
        return TlsOptions.of(name, pairs);
    }

    private TlsOptions client(String name) {
        return new TlsOptions(
                name,
                List.of(),
                ClientAuthentication.NONE,
                Optional.of(AUTHORITY.write(folder)),
                List.of(),
                TlsVersion.TLS_1_2,
                List.of(),
                TlsOptions.Verification.ON,
                Optional.empty(),
                Duration.ofSeconds(5),
                0,
                TlsOptions.Resumption.ON);
    }
}
