package org.strowger.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that change while connections are made. */
class TlsStoreTest {
    private static final TestAuthority AUTHORITY = new TestAuthority("authority");
    private static final TicketSecrets SECRETS = new TicketSecrets(List.of(new byte[32]));

    @TempDir
    private Path folder;

    private Instant now = Instant.now();
    private final TlsStore store = new TlsStore(Engine.OPENSSL, Ticker.systemTicker(), () -> now);

    @AfterEach
    void close() {
        store.close();
    }

    private void use(KeyPairFiles pair) throws TlsFileException {
        store.use(store.prepare(
                List.of(
                        TlsOptions.of("front", pair),
                        new Options("back").trusted(AUTHORITY.write(folder)).make()),
                SECRETS));
    }

    private boolean reaches(String host) {
        TlsPair pair = new TlsPair(store, "front", "back", ClientTls.Names.SIP);
        boolean reached = pair.handshake(host);
        pair.close();
        return reached;
    }

    @Test
    void aNewPairIsTakenOverAndOpenConnectionsGoOn() throws Exception {
        use(AUTHORITY.issue("dns:old.example").write(folder, "front"));
        TlsPair old = new TlsPair(store, "front", "back", ClientTls.Names.SIP);
        assertThat(old.handshake("old.example")).isTrue();
        AUTHORITY.issue("dns:new.example").write(folder, "front");
        store.poll();
        assertThat(store.totals().swaps()).isEqualTo(1);
        assertThat(reaches("new.example")).isTrue();
        assertThat(reaches("old.example")).isFalse();
        assertThat(old.echo("still here")).isEqualTo("still here");
        old.close();
        store.poll();
        assertThat(store.totals().swaps()).isEqualTo(1);
    }

    @Test
    void onlyFilesThatFitTogetherAreTakenOver() throws Exception {
        KeyPairFiles pair = AUTHORITY.issue("dns:old.example").write(folder, "front");
        use(pair);
        TestAuthority.Issued next = AUTHORITY.issue("dns:new.example");
        TestAuthority.put(pair.certificate(), next.certificatePem());
        store.poll();
        store.poll();
        assertThat(store.totals().swapFailures()).as("said once").isEqualTo(1);
        assertThat(reaches("old.example")).isTrue();
        TestAuthority.put(pair.key(), next.keyPem());
        store.poll();
        assertThat(store.totals().swaps()).isEqualTo(1);
        assertThat(reaches("new.example")).isTrue();
        for (String bad : List.of("", "nonsense", next.keyPem())) {
            TestAuthority.put(pair.certificate(), bad);
            store.poll();
            assertThat(reaches("new.example")).isTrue();
        }
        Files.delete(pair.key());
        store.poll();
        assertThat(reaches("new.example")).isTrue();
        assertThat(store.totals().swaps()).isEqualTo(1);
    }

    @Test
    void filesThatMayBeWrittenToStillAreLeftAlone() throws Exception {
        use(AUTHORITY.issue("dns:old.example").write(folder, "front"));
        KeyPairFiles pair = AUTHORITY.issue("dns:new.example").write(folder, "front");
        Instant written = Files.getLastModifiedTime(pair.key()).toInstant();
        now = written.plusMillis(400);
        store.poll();
        assertThat(store.totals().swaps()).isZero();
        now = written.plusMillis(501);
        store.poll();
        assertThat(store.totals().swaps()).isEqualTo(1);
        assertThat(reaches("new.example")).isTrue();
    }

    @Test
    void anExpiredCertificateReplacesNone() throws Exception {
        use(AUTHORITY.issue("dns:old.example").write(folder, "front"));
        AUTHORITY.issue(Duration.ofDays(-1), "dns:new.example").write(folder, "front");
        store.poll();
        assertThat(store.totals().swapFailures()).isEqualTo(1);
        assertThat(reaches("old.example")).isTrue();
    }

    @Test
    void sessionsSurviveTheChangeOfKeysByTheClock() throws Exception {
        use(AUTHORITY.issue("dns:h.example").write(folder, "front"));
        TlsStore phone = new TlsStore(Engine.OPENSSL, Ticker.systemTicker(), () -> now);
        phone.use(phone.prepare(
                List.of(new Options("back").trusted(AUTHORITY.write(folder)).make()), SECRETS));
        connect(phone);
        now = now.plus(TicketSecrets.PERIOD);
        store.poll();
        connect(phone);
        assertThat(store.totals().handshakes(TlsSide.SERVER, HandshakeResult.RESUMED))
                .isEqualTo(1);
        now = now.plus(TicketSecrets.PERIOD.multipliedBy(3));
        store.poll();
        connect(phone);
        assertThat(store.totals().handshakes(TlsSide.SERVER, HandshakeResult.FULL))
                .isEqualTo(2);
        phone.close();
    }

    private void connect(TlsStore phone) {
        TlsPair pair = new TlsPair(store, "front", phone, "back", ClientTls.Names.SIP);
        assertThat(pair.handshake("h.example")).isTrue();
        assertThat(pair.echo("x")).isEqualTo("x");
        pair.close();
    }

    @Test
    void itSaysWhenCertificatesExpire() throws Exception {
        KeyPairFiles pair =
                AUTHORITY.issue(Duration.ofDays(10), "dns:h.example").write(folder, "front");
        use(pair);
        assertThat(store.expiries()).singleElement().satisfies(one -> {
            assertThat(one.section()).isEqualTo("front");
            assertThat(one.certificate()).isEqualTo(pair.certificate());
            assertThat(Duration.between(Instant.now(), one.expires()).toHours()).isBetween(238L, 240L);
        });
        assertThat(List.of(31, 30, 20, 7, 2, 1, 0, -3).stream()
                        .map(days -> ExpiryWarnings.step(Duration.ofDays(days)))
                        .toList())
                .containsExactly(Integer.MAX_VALUE, 30, 30, 7, 7, 1, 0, 0);
    }

    @Test
    void aBucketFillsWithTime() {
        MockTicker ticker = Ticker.newMockTicker();
        HandshakeLimit limit = new HandshakeLimit(10, ticker);
        int taken = 0;
        for (int i = 0; i < 100; i++) {
            taken += limit.take() ? 1 : 0;
        }
        assertThat(taken).isEqualTo(10);
        ticker.advance(300, TimeUnit.MILLISECONDS);
        for (int i = 0; i < 100; i++) {
            taken += limit.take() ? 1 : 0;
        }
        assertThat(taken).isEqualTo(13);
        HandshakeLimit none = new HandshakeLimit(0, ticker);
        for (int i = 0; i < 10_000; i++) {
            assertThat(none.take()).isTrue();
        }
    }
}
