package org.strowger.proxy.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.strowger.health.Eligibility;
import org.strowger.threading.RunsOn;

/**
 * All counters and gauges, those of the JVM and the process too, as the text that Prometheus scrapes.
 *
 * <p>Values are read when they are scraped; nothing is pushed. Series of backends come and go with
 * {@link BackendCounterTable}.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class Scrape implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final CounterRegistry counters;
    private final BackendCounterTable backends;
    private final Supplier<? extends Collection<PoolMember>> members;
    private final MultiGauge acceptsNew = multiGauge(MetricName.BACKEND_ACCEPTS_NEW);
    private final MultiGauge acceptsEstablished = multiGauge(MetricName.BACKEND_ACCEPTS_ESTABLISHED);
    private final Map<String, List<Meter>> metersByBackend = new HashMap<>();
    private final List<Keyed> keyed = new ArrayList<>();
    private final List<ChangingSeries> changing = new ArrayList<>();
    private final Map<MetricName, LatencyTable> histograms = new EnumMap<>(MetricName.class);

    /**
     * Binds everything.
     *
     * @param members asked at each scrape, on the scraping thread
     * @param version of this program
     */
    public Scrape(
            CounterRegistry counters,
            BackendCounterTable backends,
            Supplier<? extends Collection<PoolMember>> members,
            String version) {
        this.counters = counters;
        this.backends = backends;
        this.members = members;
        bindCounters();
        gauge(MetricName.EVENT_LOOPS, counters::eventLoops);
        gauge(MetricName.BUILD, () -> 1, version, Runtime.version().toString());
        gc.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
    }

    /** Adds a gauge whose value is read at each scrape; {@code labelValues} in the order of the name's keys. */
    public void gauge(MetricName name, DoubleSupplier value, String... labelValues) {
        Gauge.builder(name.prometheusName(), value::getAsDouble)
                .description(name.help())
                .tags(tags(name, List.of(labelValues)))
                .register(registry);
    }

    /** Adds a counter that is kept elsewhere, read at each scrape; {@code labelValues} in the order of the name's keys. */
    public void counter(MetricName name, LongSupplier value, String... labelValues) {
        // Micrometer holds the first argument weakly and the function strongly: a constant, so that it stays.
        FunctionCounter.builder(name.prometheusName(), name, unused -> value.getAsLong())
                .description(name.help())
                .tags(tags(name, List.of(labelValues)))
                .register(registry);
    }

    /**
     * Adds series for things that come and go, such as pools.
     *
     * @param keys those that there are; asked at each scrape
     * @param series of one key, of which the key is the first label value
     */
    public void follow(Supplier<Set<String>> keys, List<KeyedSeries> series) {
        keyed.add(new Keyed(keys, List.copyOf(series), new HashMap<>()));
    }

    /**
     * A series of each key.
     *
     * @param value by key; read at each scrape
     * @param labelValues those after the key
     */
    public record KeyedSeries(MetricName name, ToDoubleFunction<String> value, List<String> labelValues) {}

    /** Series of things that come and go, and those that are bound now. */
    private record Keyed(Supplier<Set<String>> keys, List<KeyedSeries> series, Map<String, List<Meter>> meters) {}

    /** Adds a metric whose series come and go: {@code samples} is asked at each scrape, on the scraping thread. */
    public synchronized void series(MetricName name, Supplier<? extends Collection<Sample>> samples) {
        changing.add(new ChangingSeries(name, registry, samples));
    }

    /** Adds a histogram, read at each scrape. */
    public synchronized void histogram(MetricName name, LatencyTable table) {
        histograms.put(name, table);
    }

    /** The text of {@code GET /metrics} (Prometheus text format 0.0.4). */
    public synchronized String text() {
        followBackends();
        keyed.forEach(this::follow);
        changing.forEach(ChangingSeries::update);
        StringBuilder text = new StringBuilder(registry.scrape());
        histograms.forEach((name, table) -> table.write(name, text));
        return text.toString();
    }

    /** Stops listening to the garbage collector. */
    @Override
    public void close() {
        gc.close();
        registry.close();
    }

    private void bindCounters() {
        for (Counter counter : Counter.values()) {
            FunctionCounter.builder(counter.metric().prometheusName(), counter, counters::sum)
                    .description(counter.metric().help())
                    .tags(tags(counter.metric(), counter.labelValues()))
                    .register(registry);
        }
    }

    private void followBackends() {
        Set<String> present = backends.backendIds();
        metersByBackend.entrySet().removeIf(entry -> {
            if (present.contains(entry.getKey())) {
                return false;
            }
            entry.getValue().forEach(registry::remove);
            return true;
        });
        for (String id : present) {
            metersByBackend.computeIfAbsent(id, this::bindBackend);
        }
        Collection<PoolMember> now = members.get();
        acceptsNew.register(rows(now, Set.of(Eligibility.NEW_AND_ESTABLISHED)), true);
        acceptsEstablished.register(rows(now, EnumSet.complementOf(EnumSet.of(Eligibility.NONE))), true);
    }

    private void follow(Keyed those) {
        Set<String> present = those.keys().get();
        those.meters().entrySet().removeIf(entry -> {
            if (present.contains(entry.getKey())) {
                return false;
            }
            entry.getValue().forEach(registry::remove);
            return true;
        });
        for (String key : present) {
            those.meters()
                    .computeIfAbsent(
                            key,
                            k -> those.series().stream()
                                    .map(one -> bind(k, one))
                                    .toList());
        }
    }

    private Meter bind(String key, KeyedSeries series) {
        List<String> values = new ArrayList<>(List.of(key));
        values.addAll(series.labelValues());
        MetricName name = series.name();
        if (name.kind() == MetricName.Kind.GAUGE) {
            return Gauge.builder(name.prometheusName(), () -> series.value().applyAsDouble(key))
                    .description(name.help())
                    .tags(tags(name, values))
                    .register(registry);
        }
        return FunctionCounter.builder(
                        name.prometheusName(), name, unused -> series.value().applyAsDouble(key))
                .description(name.help())
                .tags(tags(name, values))
                .register(registry);
    }

    private List<Meter> bindBackend(String id) {
        List<Meter> meters = new ArrayList<>();
        for (BackendCounter counter : BackendCounter.values()) {
            List<String> values = new ArrayList<>(List.of(id));
            values.addAll(counter.labelValues());
            meters.add(FunctionCounter.builder(counter.metric().prometheusName(), counter, c -> backends.sum(id, c))
                    .description(counter.metric().help())
                    .tags(tags(counter.metric(), values))
                    .register(registry));
        }
        return meters;
    }

    private static List<MultiGauge.Row<?>> rows(Collection<PoolMember> members, Set<Eligibility> accepting) {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        for (PoolMember member : members) {
            Tags tags = Tags.of("pool", member.pool(), "backend", member.backendId());
            rows.add(MultiGauge.Row.of(tags, accepting.contains(member.eligibility()) ? 1 : 0));
        }
        return rows;
    }

    private MultiGauge multiGauge(MetricName name) {
        return MultiGauge.builder(name.prometheusName())
                .description(name.help())
                .register(registry);
    }

    private static List<Tag> tags(MetricName name, List<String> values) {
        List<String> keys = name.labelKeys();
        if (keys.size() != values.size()) {
            throw new IllegalArgumentException(
                    name.prometheusName() + ": " + values.size() + " label values (expected: " + keys.size() + ")");
        }
        List<Tag> tags = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            tags.add(Tag.of(keys.get(i), values.get(i)));
        }
        return tags;
    }
}
