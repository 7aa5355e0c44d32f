package org.strowger.proxy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.strowger.proxy.metrics.MetricName;
import org.strowger.proxy.metrics.Sample;
import org.strowger.proxy.metrics.Scrape;
import org.strowger.proxy.tls.HandshakeResult;
import org.strowger.proxy.tls.TlsSide;
import org.strowger.proxy.tls.TlsStore;
import org.strowger.proxy.tls.TlsTotals;
import org.strowger.proxy.tls.TlsVersion;

/** What is counted of TLS, as series. */
final class TlsMetrics {
    private TlsMetrics() {}

    static void addTo(Scrape scrape, TlsStore store, Supplier<Instant> clock) {
        TlsTotals totals = store.totals();
        for (TlsSide side : TlsSide.values()) {
            for (HandshakeResult result : HandshakeResult.values()) {
                scrape.counter(
                        MetricName.TLS_HANDSHAKES, () -> totals.handshakes(side, result), side.label(), result.label());
            }
            for (TlsVersion version : TlsVersion.values()) {
                scrape.counter(
                        MetricName.TLS_VERSIONS, () -> totals.versions(side, version), side.label(), version.label());
            }
        }
        scrape.counter(MetricName.TLS_SWAPS, totals::swaps, "taken-over");
        scrape.counter(MetricName.TLS_SWAPS, totals::swapFailures, "refused");
        scrape.series(MetricName.TLS_EXPIRY, () -> expiries(store, clock.get()));
    }

    private static List<Sample> expiries(TlsStore store, Instant now) {
        return store.expiries().stream()
                .map(one -> new Sample(
                        List.of(one.section(), one.certificate().toString()),
                        Duration.between(now, one.expires()).toSeconds()))
                .toList();
    }
}
