package org.strowger.proxy.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.strowger.threading.RunsOn;

/** The series of one metric whose label values come and go. Only one thread at a time. */
@RunsOn(RunsOn.Runner.ANY)
final class ChangingSeries {
    private final MetricName name;
    private final MeterRegistry registry;
    private final Supplier<? extends Collection<Sample>> samples;
    private final Map<List<String>, Meter> meters = new HashMap<>();
    private final Map<List<String>, Double> values = new HashMap<>();

    ChangingSeries(MetricName name, MeterRegistry registry, Supplier<? extends Collection<Sample>> samples) {
        this.name = name;
        this.registry = registry;
        this.samples = samples;
    }

    /** Takes the values of now. */
    void update() {
        values.clear();
        samples.get().forEach(sample -> values.put(sample.labelValues(), sample.value()));
        meters.entrySet().removeIf(entry -> {
            boolean gone = !values.containsKey(entry.getKey());
            if (gone) {
                registry.remove(entry.getValue());
            }
            return gone;
        });
        values.keySet().forEach(labels -> meters.computeIfAbsent(labels, this::meter));
    }

    private Meter meter(List<String> labels) {
        return switch (name.kind()) {
            case COUNTER ->
                FunctionCounter.builder(name.prometheusName(), this, all -> all.value(labels))
                        .description(name.help())
                        .tags(tags(labels))
                        .register(registry);
            case GAUGE ->
                Gauge.builder(name.prometheusName(), this, all -> all.value(labels))
                        .description(name.help())
                        .tags(tags(labels))
                        .register(registry);
            case HISTOGRAM -> throw new IllegalArgumentException(name + ": a histogram (expected: one value)");
        };
    }

    private double value(List<String> labels) {
        return values.getOrDefault(labels, Double.NaN);
    }

    private List<Tag> tags(List<String> labels) {
        List<Tag> tags = new ArrayList<>();
        for (int i = 0; i < labels.size(); i++) {
            tags.add(Tag.of(name.labelKeys().get(i), labels.get(i)));
        }
        return tags;
    }
}
