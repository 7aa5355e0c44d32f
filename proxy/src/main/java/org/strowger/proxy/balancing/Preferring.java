package org.strowger.proxy.balancing;

import java.time.Duration;

/** How {@link DrawingPicker} compares two backends; the policy's heart. No state. */
interface Preferring {
    /** Latencies below this differ by chance only, and an unknown one counts as this. */
    double LEAST_SECONDS = 50e-6;

    /** The part of its share that a backend keeps that says it is full. */
    double LEAST_SPARE = 0.01;

    /** How busy a backend of that weight is; less is better. */
    double score(BackendLoad load, double weight, long nowNanos);

    /** How many are drawn. */
    default int choices() {
        return 2;
    }

    /** Whether it looks at the time; otherwise any will do. */
    default boolean usesClock() {
        return true;
    }

    /** True when the first of two is the better one; {@code mixed} is as if drawn. */
    default boolean isFirstBetter(
            BackendLoad first, double firstWeight, BackendLoad second, double secondWeight, long mixed, long nowNanos) {
        return score(first, firstWeight, nowNanos) < score(second, secondWeight, nowNanos);
    }

    /** By calls in progress, this one included. */
    static Preferring leastCalls() {
        return new ByCalls();
    }

    /** By requests without an answer, this one included. */
    static Preferring leastRequests() {
        return new ByRequests();
    }

    /** By the time that the requests without an answer will take, this one included, if one is answered after the other. */
    static Preferring latency() {
        return (load, weight, now) ->
                Math.max(LEAST_SECONDS, load.latencySeconds(now)) * (load.requests() + 1) / weight;
    }

    /**
     * By what they say themselves. Of two, each is chosen in proportion to its spare capacity: a figure is as old as
     * the last probe, and whoever always takes the lesser load sends everybody to one backend until the next. Where one figure
     * is missing or older than {@code maxAge}, requests without an answer decide.
     */
    static Preferring reportedLoad(Duration maxAge) {
        return new ByReport(maxAge.toNanos());
    }

    /** By exact counts, so that nobody runs to one that only looks best. */
    record ByCalls() implements Preferring {
        private static final int CHOICES = 4;

        @Override
        public double score(BackendLoad load, double weight, long nowNanos) {
            return (load.calls() + 1) / weight;
        }

        @Override
        public int choices() {
            return CHOICES;
        }

        @Override
        public boolean usesClock() {
            return false;
        }
    }

    /** By requests without an answer. */
    record ByRequests() implements Preferring {

        @Override
        public double score(BackendLoad load, double weight, long nowNanos) {
            return (load.requests() + 1) / weight;
        }

        @Override
        public boolean usesClock() {
            return false;
        }
    }

    /** By reports no older than that. */
    record ByReport(long maxAgeNanos) implements Preferring {

        @Override
        public double score(BackendLoad load, double weight, long nowNanos) {
            double reported = load.reportedLoad(nowNanos, maxAgeNanos);
            return reported < 0 ? Double.NaN : 1 / spare(reported);
        }

        @Override
        public boolean isFirstBetter(
                BackendLoad first,
                double firstWeight,
                BackendLoad second,
                double secondWeight,
                long mixed,
                long nowNanos) {
            double one = first.reportedLoad(nowNanos, maxAgeNanos);
            double other = second.reportedLoad(nowNanos, maxAgeNanos);
            if (one < 0 || other < 0) {
                return (first.requests() + 1) * secondWeight < (second.requests() + 1) * firstWeight;
            }
            return Mix.fraction(mixed) * (spare(one) + spare(other)) < spare(one);
        }

        private static double spare(double load) {
            return Math.max(LEAST_SPARE, 1 - load);
        }
    }
}
