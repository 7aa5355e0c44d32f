package org.strowger.proxy.metrics;

import java.util.concurrent.TimeUnit;
import org.strowger.threading.RunsOn;

/** How long things took, as one event loop has counted them; any thread reads. Handed out by {@link LatencyTable}. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class LatencyBuckets {
    /** Upper bounds; what took longer than the last is in one more bucket. */
    private static final long[] BOUNDS_MICROS = {
        1000,
        2500,
        5000,
        10_000,
        25_000,
        50_000,
        100_000,
        250_000,
        500_000,
        1_000_000,
        2_500_000,
        5_000_000,
        10_000_000,
        30_000_000,
        60_000_000
    };

    /** Buckets, then the sum of all. */
    private final PaddedCells cells = new PaddedCells(BOUNDS_MICROS.length + 2);

    LatencyBuckets() {}

    /** Counts one. */
    public void record(long nanos) {
        long micros = Math.max(0, TimeUnit.NANOSECONDS.toMicros(nanos));
        int bucket = 0;
        while (bucket < BOUNDS_MICROS.length && micros > BOUNDS_MICROS[bucket]) {
            bucket++;
        }
        cells.add(bucket, 1);
        cells.add(BOUNDS_MICROS.length + 1, micros);
    }

    /** Buckets: one for each bound, and one. */
    static int size() {
        return BOUNDS_MICROS.length + 1;
    }

    /** The upper bound of a bucket as Prometheus writes it, in seconds. */
    static String bound(int bucket) {
        return bucket == BOUNDS_MICROS.length ? "+Inf" : Double.toString(BOUNDS_MICROS[bucket] / 1e6);
    }

    /** Those in one bucket. */
    long count(int bucket) {
        return cells.get(bucket);
    }

    long sumMicros() {
        return cells.get(BOUNDS_MICROS.length + 1);
    }
}
