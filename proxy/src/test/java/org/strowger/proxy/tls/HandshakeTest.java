package org.strowger.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Handshakes between both ends of ours, without sockets. */
class HandshakeTest {
    private static final TestAuthority AUTHORITY = new TestAuthority("authority");
    /** Of the same name, so that clients believe that we might trust it. */
    private static final TestAuthority STRANGER = new TestAuthority("authority");

    private static final TicketSecrets SECRETS = new TicketSecrets(List.of(new byte[32]));

    @TempDir
    private Path folder;

    private final List<TlsStore> stores = new ArrayList<>();

    @AfterEach
    void close() {
        stores.forEach(TlsStore::close);
    }

    private TlsStore store(Engine engine, TlsOptions... options) throws TlsFileException {
        TlsStore store = new TlsStore(engine, Ticker.systemTicker(), Instant::now);
        stores.add(store);
        store.use(store.prepare(List.of(options), SECRETS));
        return store;
    }

    private KeyPairFiles issued(String... names) {
        return AUTHORITY.issue(names).write(folder, "k" + List.of(names).hashCode());
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void bothEndsAgree(Engine engine) throws Exception {
        TlsStore store = store(engine, TlsOptions.of("front", issued("dns:sip.example.com")), client("back"));
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
    void applicationProtocolsAreAgreedUpon(Engine engine) throws Exception {
        TlsStore store = store(engine, TlsOptions.of("front", issued("dns:h.example.com")), client("back"));
        TlsPair pair = new TlsPair(store, "front", "back", ClientTls.Names.WEB);
        assertThat(pair.handshake("h.example.com", List.of("h2", "http/1.1"))).isTrue();
        assertThat(pair.serverSession().protocol()).isEqualTo("h2");
        pair.close();
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void aServerHasToBeWhoItWasReachedAs(Engine engine) throws Exception {
        TlsStore store = store(engine, TlsOptions.of("front", issued("dns:*.example.com")), client("back"));
        TlsPair sip = new TlsPair(store, "front", "back", ClientTls.Names.SIP);
        assertThat(sip.handshake("sip.example.com"))
                .as("no wildcards, RFC 5922 section 7.2")
                .isFalse();
        assertThat(store.totals().handshakes(TlsSide.CLIENT, HandshakeResult.WRONG_NAME))
                .isEqualTo(1);
        sip.close();
        TlsPair web = new TlsPair(store, "front", "back", ClientTls.Names.WEB);
        assertThat(web.handshake("sip.example.com")).isTrue();
        web.close();
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void aServerHasToBeTrustedAndInTime(Engine engine) throws Exception {
        KeyPairFiles strange = STRANGER.issue("ip:192.0.2.1").write(folder, "strange");
        KeyPairFiles old = AUTHORITY.issue(Duration.ofDays(-1), "ip:192.0.2.1").write(folder, "old");
        TlsStore store = store(engine, TlsOptions.of("strange", strange), TlsOptions.of("old", old), client("back"));
        for (String server : List.of("strange", "old")) {
            TlsPair pair = new TlsPair(store, server, "back", ClientTls.Names.SIP);
            assertThat(pair.handshake("192.0.2.1")).as(server).isFalse();
            pair.close();
        }
        assertThat(store.totals().handshakes(TlsSide.CLIENT, HandshakeResult.BAD_CERTIFICATE))
                .isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "sip.one.example, 0",
        "SIP.Two.Example, 1",
        "any.three.example, 2",
        "two.three.example, 2",
        "exact.three.example, 3",
        "a.b.three.example, 0",
        "three.example, 0",
        "unknown.example, 0"
    })
    void theNameAskedForChoosesTheCertificate(String asked, int chosen) throws Exception {
        List<KeyPairFiles> pairs = List.of(
                issued("dns:sip.one.example", "ip:192.0.2.1"),
                issued("dns:sip.two.example"),
                issued("dns:*.three.example"),
                issued("dns:exact.three.example"));
        TlsStore store = store(
                Engine.OPENSSL,
                TlsOptions.of("front", pairs.toArray(KeyPairFiles[]::new)),
                new Options("back").verification(TlsOptions.Verification.OFF).make());
        TlsPair pair = new TlsPair(store, "front", "back", ClientTls.Names.WEB);
        assertThat(pair.handshake(asked)).isTrue();
        PeerNames shown = PeerNames.of(Credential.of(
                        pairs.get(chosen),
                        Pem.read(pairs.get(chosen).certificate()),
                        Pem.read(pairs.get(chosen).key()))
                .own());
        assertThat(pair.clientSession().peerDomains()).isEqualTo(shown.sipDomains());
        pair.close();
    }

    @ParameterizedTest
    @CsvSource({
        // client-auth, what the client shows, the end
        "OPTIONAL, nothing,            FULL",
        "OPTIONAL, sip:carrier.example, FULL",
        "OPTIONAL, stranger,           BAD_CERTIFICATE",
        "OPTIONAL, sip:other.example,  WRONG_NAME",
        "REQUIRED, nothing,            NO_CERTIFICATE",
        "REQUIRED, sip:carrier.example, FULL",
        "REQUIRED, sip:carrier.example;transport=tls, FULL",
        "REQUIRED, sip:user@carrier.example, WRONG_NAME",
        "REQUIRED, stranger,           BAD_CERTIFICATE",
        "REQUIRED, expired,            BAD_CERTIFICATE",
        "NONE,     sip:other.example,  FULL"
    })
    void clientsShowWhoTheyAre(ClientAuthentication asked, String shown, HandshakeResult end) throws Exception {
        for (Engine engine : Engine.values()) {
            TlsStore store = store(
                    engine,
                    new Options("front", issued("ip:192.0.2.1"))
                            .clients(asked)
                            .trusted(AUTHORITY.write(folder))
                            .domains("carrier.example")
                            .make(),
                    new Options("back", shown(shown))
                            .trusted(AUTHORITY.write(folder))
                            .make());
            TlsPair pair = new TlsPair(store, "front", "back", ClientTls.Names.SIP);
            pair.handshake("192.0.2.1");
            assertThat(store.totals().handshakes(TlsSide.SERVER, end))
                    .as(engine.name())
                    .isEqualTo(1);
            if (end == HandshakeResult.FULL) {
                boolean known = asked != ClientAuthentication.NONE && !shown.equals("nothing");
                assertThat(pair.serverSession().isPeerAuthenticated()).isEqualTo(known);
                assertThat(pair.serverSession().peerDomains())
                        .isEqualTo(known ? List.of("carrier.example") : List.of());
            }
            pair.close();
        }
    }

    private KeyPairFiles[] shown(String what) {
        return switch (what) {
            case "nothing" -> new KeyPairFiles[0];
            case "stranger" ->
                new KeyPairFiles[] {STRANGER.issue("uri:sip:carrier.example").write(folder, "shown")};
            case "expired" ->
                new KeyPairFiles[] {
                    AUTHORITY
                            .issue(Duration.ofDays(-1), "uri:sip:carrier.example")
                            .write(folder, "shown")
                };
            default -> new KeyPairFiles[] {issued("uri:" + what, "dns:unused.example")};
        };
    }

    @Test
    void theOtherNodeTakesUpASession() throws Exception {
        TlsOptions front = TlsOptions.of("front", issued("ip:192.0.2.1"));
        TlsStore phone = store(Engine.OPENSSL, client("back"));
        TlsStore one = store(Engine.OPENSSL, front);
        TlsStore two = store(Engine.OPENSSL, front);
        connect(one, phone);
        connect(one, phone);
        assertThat(one.totals().handshakes(TlsSide.SERVER, HandshakeResult.RESUMED))
                .isEqualTo(1);
        connect(two, phone);
        assertThat(two.totals().handshakes(TlsSide.SERVER, HandshakeResult.RESUMED))
                .isEqualTo(1);
        assertThat(phone.totals().handshakes(TlsSide.CLIENT, HandshakeResult.RESUMED))
                .isEqualTo(2);
    }

    @Test
    void noSessionOutlivesItsConditions() throws Exception {
        TlsStore phone = store(Engine.OPENSSL, client("back"));
        KeyPairFiles own = issued("ip:192.0.2.1");
        connect(store(Engine.OPENSSL, TlsOptions.of("front", own)), phone);
        TlsStore strict = store(
                Engine.OPENSSL,
                new Options("front", own)
                        .clients(ClientAuthentication.OPTIONAL)
                        .trusted(AUTHORITY.write(folder))
                        .make());
        connect(strict, phone);
        assertThat(strict.totals().handshakes(TlsSide.SERVER, HandshakeResult.FULL))
                .isEqualTo(1);
        TlsStore never = store(
                Engine.OPENSSL,
                new Options("front", own).resumption(TlsOptions.Resumption.OFF).make());
        connect(never, phone);
        connect(never, phone);
        assertThat(never.totals().handshakes(TlsSide.SERVER, HandshakeResult.FULL))
                .isEqualTo(2);
    }

    private static void connect(TlsStore server, TlsStore client) {
        TlsPair pair = new TlsPair(server, "front", client, "back", ClientTls.Names.SIP);
        assertThat(pair.handshake("192.0.2.1")).isTrue();
        // Tickets of TLS 1.3 come after the handshake.
        assertThat(pair.echo("x")).isEqualTo("x");
        pair.close();
    }

    @Test
    void garbageEndsAConnectionAndNothingElse() throws Exception {
        TlsStore store = store(Engine.OPENSSL, TlsOptions.of("front", issued("ip:192.0.2.1")), client("back"));
        Random random = new Random(4);
        byte[] greeting = greeting(store);
        int connections = 400;
        for (int i = 0; i < connections; i++) {
            EmbeddedChannel channel = new EmbeddedChannel();
            channel.pipeline().addLast(store.server("front").newHandler(channel, List.of()));
            byte[] bytes = i % 2 == 0 ? new byte[1 + random.nextInt(600)] : greeting.clone();
            if (i % 2 == 0) {
                random.nextBytes(bytes);
            } else {
                for (int j = 0; j <= random.nextInt(8); j++) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
            }
            channel.writeInbound(Unpooled.wrappedBuffer(bytes));
            channel.finishAndReleaseAll();
        }
        long ended = 0;
        for (HandshakeResult result : HandshakeResult.values()) {
            ended += store.totals().handshakes(TlsSide.SERVER, result);
        }
        assertThat(ended).as("each is counted once").isEqualTo(connections);
        assertThat(store.totals().handshakes(TlsSide.SERVER, HandshakeResult.FULL))
                .isZero();
        assertThat(store.totals().handshakes(TlsSide.SERVER, HandshakeResult.NOT_TLS))
                .isPositive();
        TlsPair pair = new TlsPair(store, "front", "back", ClientTls.Names.SIP);
        assertThat(pair.handshake("192.0.2.1")).isTrue();
        pair.close();
    }

    private static byte[] greeting(TlsStore store) {
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.pipeline()
                .addLast(store.client("back", ClientTls.Names.SIP).newHandler(channel, "sip.example.com", 5061));
        io.netty.buffer.ByteBuf out = channel.readOutbound();
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        out.release();
        channel.finishAndReleaseAll();
        return bytes;
    }

    private TlsOptions client(String name) {
        return new Options(name).trusted(AUTHORITY.write(folder)).make();
    }
}
