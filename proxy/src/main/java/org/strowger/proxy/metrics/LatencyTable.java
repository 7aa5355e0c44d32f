package org.strowger.proxy.metrics;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.strowger.threading.RunsOn;

/** The {@link LatencyBuckets} of things that come and go, such as pools, by name and event loop; they outlive the snapshots. */
@RunsOn(RunsOn.Runner.ANY)
public final class LatencyTable {
    private final ConcurrentHashMap<String, List<LatencyBuckets>> byName = new ConcurrentHashMap<>();
    private final int eventLoops;

    public LatencyTable(int eventLoops) {
        this.eventLoops = eventLoops;
    }

    /** Those of one, by event loop; made at the first call. */
    public List<LatencyBuckets> of(String name) {
        return byName.computeIfAbsent(
                name,
                unused -> IntStream.range(0, eventLoops)
                        .mapToObj(loop -> new LatencyBuckets())
                        .toList());
    }

    /** Forgets all others. */
    public void retain(Collection<String> names) {
        byName.keySet().retainAll(Set.copyOf(names));
    }

    /** Appends a histogram in the text format of Prometheus; nothing while there is nobody. */
    void write(MetricName metric, StringBuilder text) {
        if (byName.isEmpty()) {
            return;
        }
        String name = metric.prometheusName();
        text.append("# HELP ").append(name).append(' ').append(metric.help()).append('\n');
        text.append("# TYPE ").append(name).append(" histogram\n");
        new TreeMap<>(byName).forEach((key, loops) -> {
            String label = metric.labelKeys().get(0) + "=\"" + key + "\"";
            long count = 0;
            for (int i = 0; i < LatencyBuckets.size(); i++) {
                int bucket = i;
                count += loops.stream().mapToLong(one -> one.count(bucket)).sum();
                text.append(name).append("_bucket{").append(label);
                text.append(",le=\"").append(LatencyBuckets.bound(i)).append("\"} ");
                text.append(count).append('\n');
            }
            double sum = loops.stream().mapToLong(LatencyBuckets::sumMicros).sum() / 1e6;
            text.append(name)
                    .append("_sum{")
                    .append(label)
                    .append("} ")
                    .append(sum)
                    .append('\n');
            text.append(name)
                    .append("_count{")
                    .append(label)
                    .append("} ")
                    .append(count)
                    .append('\n');
        });
    }
}
