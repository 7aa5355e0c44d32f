package org.strowger.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.ToLongFunction;
import org.strowger.health.HealthState;
import org.strowger.health.ProbeResult;
import org.strowger.health.passive.EjectionState;
import org.strowger.health.probe.ProbeFigures;
import org.strowger.proxy.metrics.MetricName;
import org.strowger.proxy.metrics.Sample;
import org.strowger.proxy.metrics.Scrape;
import org.strowger.threading.RunsOn;

/** What {@link HealthService} knows, as metrics. */
@RunsOn(RunsOn.Runner.ANY)
final class HealthMetrics {
    private final HealthService health;

    HealthMetrics(HealthService health) {
        this.health = health;
    }

    void addTo(Scrape scrape) {
        scrape.series(MetricName.PROBES, this::probes);
        scrape.series(
                MetricName.PROBE_RTT_SUM,
                () -> members((pool, member) -> member.figures()
                        .map(figures -> List.of(sample(figures.rttNanosSum() / 1e9, pool, id(member))))
                        .orElse(List.of())));
        scrape.series(
                MetricName.PROBE_RTT,
                () -> members((pool, member) -> member.figures()
                        .flatMap(ProbeFigures::last)
                        .filter(ProbeResult::isAnswered)
                        .map(result -> List.of(sample(result.rttNanos() / 1e9, pool, id(member))))
                        .orElse(List.of())));
        scrape.series(
                MetricName.BACKEND_UP, () -> gauge(member -> member.shown().health() == HealthState.DOWN ? 0 : 1));
        scrape.series(
                MetricName.BACKEND_EJECTED,
                () -> gauge(member -> isEjected(member.shown().ejection()) ? 1 : 0));
        scrape.series(MetricName.BACKEND_EJECTIONS, () -> total(health.totals()::ejections));
        scrape.series(MetricName.BACKEND_TRANSITIONS, () -> total(health.totals()::transitions));
        scrape.series(
                MetricName.POOL_PANIC,
                () -> health.members().keySet().stream()
                        .map(pool -> sample(health.panic(pool).isEmpty() ? 0 : 1, pool))
                        .toList());
    }

    private List<Sample> probes() {
        return members((pool, member) -> member.figures()
                .map(figures -> List.of(
                        sample(figures.passed(), pool, id(member), "passed"),
                        sample(figures.failed(), pool, id(member), "failed"),
                        sample(figures.maintenance(), pool, id(member), "maintenance")))
                .orElse(List.of()));
    }

    private static boolean isEjected(EjectionState state) {
        return state == EjectionState.EJECTED || state == EjectionState.TRIAL;
    }

    private List<Sample> gauge(ToLongFunction<MemberWatch> value) {
        return members((pool, member) -> List.of(sample(value.applyAsLong(member), pool, id(member))));
    }

    private List<Sample> members(BiFunction<String, MemberWatch, List<Sample>> samples) {
        List<Sample> all = new ArrayList<>();
        health.members()
                .forEach(
                        (pool, members) -> members.values().forEach(member -> all.addAll(samples.apply(pool, member))));
        return all;
    }

    /** By backend alone: it may be a member of several pools. */
    private List<Sample> total(ToLongFunction<String> value) {
        return health.members().values().stream()
                .map(Map::keySet)
                .flatMap(Set::stream)
                .distinct()
                .map(id -> sample(value.applyAsLong(id), id))
                .toList();
    }

    private static String id(MemberWatch member) {
        return member.backend().id();
    }

    private static Sample sample(long value, String... labels) {
        return sample((double) value, labels);
    }

    private static Sample sample(double value, String... labels) {
        return new Sample(List.of(labels), value);
    }
}
