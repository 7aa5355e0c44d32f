package org.strowger.proxy.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.strowger.health.Eligibility;

final class ScrapeTest {
    private final CounterRegistry counters = new CounterRegistry(2);
    private final BackendCounterTable backends = new BackendCounterTable(2);
    private final List<PoolMember> members = new ArrayList<>();
    private final Scrape scrape = new Scrape(counters, backends, () -> members, "1.2.3");

    @AfterEach
    void close() {
        scrape.close();
    }

    @Test
    void countersAreSummedOverLoopsAndLabelled() {
        counters.loop(0).increment(Counter.DROP_BAD_COOKIE);
        counters.loop(1).add(Counter.DROP_BAD_COOKIE, 2);
        counters.loop(1).increment(Counter.RECEIVED_UDP_CLIENT);
        assertThat(scrape.text().lines())
                .contains(
                        "# HELP strowger_drops_total " + MetricName.DROPS.help(),
                        "# TYPE strowger_drops_total counter",
                        "strowger_drops_total{reason=\"bad-cookie\"} 3.0",
                        "strowger_messages_received_total{side=\"client\",transport=\"udp\"} 1.0",
                        "strowger_loop_handovers_total 0.0",
                        "strowger_event_loops 2.0");
    }

    @Test
    void backendsComeAndGo() {
        backends.countersOf("udp:10.0.0.1:5060").get(1).increment(BackendCounter.ICMP_ERRORS);
        members.add(new PoolMember("media", "udp:10.0.0.1:5060", Eligibility.ESTABLISHED_ONLY));
        assertThat(scrape.text().lines())
                .contains(
                        "strowger_backend_failures_total{backend=\"udp:10.0.0.1:5060\",kind=\"icmp\"} 1.0",
                        "strowger_backend_accepts_new{backend=\"udp:10.0.0.1:5060\",pool=\"media\"} 0.0",
                        "strowger_backend_accepts_established{backend=\"udp:10.0.0.1:5060\",pool=\"media\"} 1.0");

        members.set(0, new PoolMember("media", "udp:10.0.0.1:5060", Eligibility.NEW_AND_ESTABLISHED));
        assertThat(scrape.text().lines())
                .contains("strowger_backend_accepts_new{backend=\"udp:10.0.0.1:5060\",pool=\"media\"} 1.0");

        members.clear();
        backends.retain(List.of());
        assertThat(scrape.text()).doesNotContain("10.0.0.1");

        backends.countersOf("udp:10.0.0.1:5060");
        assertThat(scrape.text().lines())
                .contains("strowger_backend_failures_total{backend=\"udp:10.0.0.1:5060\",kind=\"icmp\"} 0.0");
    }

    @Test
    void everyNameOfOursIsScrapedAsItIsWrittenInTheEnum() {
        backends.countersOf("udp:10.0.0.1:5060");
        members.add(new PoolMember("media", "udp:10.0.0.1:5060", Eligibility.NONE));
        bindTheOthers();
        Set<String> scraped = names(scrape.text());
        scraped.removeIf(name -> !name.startsWith("strowger_"));
        assertThat(scraped)
                .isEqualTo(Arrays.stream(MetricName.values())
                        .map(MetricName::prometheusName)
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    /** What is kept outside of this package, with some value for each label. */
    private void bindTheOthers() {
        for (MetricName name : List.of(
                MetricName.AFFINITY,
                MetricName.AFFINITY_REMOVALS,
                MetricName.CALL_LEASES_EXPIRED,
                MetricName.CALL_LEASES_REFUSED,
                MetricName.UDP_DATAGRAMS,
                MetricName.UDP_BATCHES,
                MetricName.UDP_UNSENT,
                MetricName.UDP_TRUNCATED,
                MetricName.TLS_HANDSHAKES,
                MetricName.TLS_VERSIONS,
                MetricName.TLS_SWAPS)) {
            scrape.counter(name, () -> 7, name.labelKeys().toArray(String[]::new));
        }
        for (MetricName name : List.of(
                MetricName.PROBES,
                MetricName.PROBE_RTT,
                MetricName.PROBE_RTT_SUM,
                MetricName.BACKEND_UP,
                MetricName.BACKEND_EJECTED,
                MetricName.BACKEND_EJECTIONS,
                MetricName.BACKEND_TRANSITIONS,
                MetricName.POOL_PANIC,
                MetricName.TLS_EXPIRY,
                MetricName.LISTENER_OPEN)) {
            scrape.series(name, () -> List.of(new Sample(name.labelKeys(), 5)));
        }
        LatencyTable latencies = new LatencyTable(1);
        latencies.of("web").get(0).record(2_000_000);
        scrape.histogram(MetricName.HTTP_LATENCY, latencies);
        scrape.gauge(MetricName.AFFINITY_ENTRIES, () -> 8, "media");
        scrape.gauge(MetricName.BACKEND_ACTIVE_CALLS, () -> 10, "udp:10.0.0.1:5060");
        scrape.gauge(MetricName.BACKEND_ACTIVE_REQUESTS, () -> 11, "http:10.0.0.1:80");
        scrape.gauge(MetricName.RULES_SLOW_PATTERNS, () -> 9);
    }

    @Test
    void whatIsKeptElsewhereIsReadAtEachScrape() {
        bindTheOthers();
        System.gc();
        assertThat(scrape.text().lines())
                .contains(
                        "# TYPE strowger_udp_truncated_total counter",
                        "strowger_udp_truncated_total{side=\"side\"} 7.0",
                        "# TYPE strowger_affinity_entries gauge",
                        "strowger_affinity_entries{pool=\"media\"} 8.0");
    }

    @Test
    void seriesComeAndGo() {
        List<Sample> samples = new ArrayList<>(List.of(new Sample(List.of("media", "udp:1"), 1)));
        scrape.series(MetricName.BACKEND_UP, () -> samples);
        assertThat(scrape.text().lines()).contains("strowger_backend_up{backend=\"udp:1\",pool=\"media\"} 1.0");
        samples.set(0, new Sample(List.of("media", "udp:2"), 0));
        assertThat(scrape.text().lines())
                .contains("strowger_backend_up{backend=\"udp:2\",pool=\"media\"} 0.0")
                .noneMatch(line -> line.contains("udp:1\",pool"));
    }

    @Test
    void theJvmAndTheProcessAreMeasuredToo() {
        assertThat(names(scrape.text()))
                .contains(
                        "jvm_memory_used_bytes",
                        "jvm_threads_live_threads",
                        "jvm_gc_memory_allocated_bytes_total",
                        "process_cpu_usage",
                        "process_files_open_files",
                        "process_uptime_seconds");
    }

    @Test
    void aGaugeWithoutItsLabelsIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> scrape.gauge(MetricName.BUILD, () -> 1, "1.2.3"))
                .withMessage("strowger_build: 1 label values (expected: 2)");
    }

    /** The names in the TYPE lines of a scrape. */
    static Set<String> names(String text) {
        return text.lines()
                .filter(line -> line.startsWith("# TYPE "))
                .map(line -> line.split(" ", -1)[2])
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
