package org.strowger.proxy.tls;

import java.util.concurrent.atomic.LongAdder;
import org.strowger.threading.RunsOn;

/** What is counted of handshakes and certificates, over all event loops: rare things, far from the path of messages. */
@RunsOn(RunsOn.Runner.ANY)
public final class TlsTotals {
    private final LongAdder[][] handshakes = new LongAdder[TlsSide.values().length][HandshakeResult.values().length];
    private final LongAdder[][] versions = new LongAdder[TlsSide.values().length][TlsVersion.values().length];
    private final LongAdder swaps = new LongAdder();
    private final LongAdder swapFailures = new LongAdder();

    public TlsTotals() {
        fill(handshakes);
        fill(versions);
    }

    private static void fill(LongAdder[][] table) {
        for (LongAdder[] row : table) {
            for (int i = 0; i < row.length; i++) {
                row[i] = new LongAdder();
            }
        }
    }

    /** Handshakes that ended so. */
    public long handshakes(TlsSide side, HandshakeResult result) {
        return handshakes[side.ordinal()][result.ordinal()].sum();
    }

    /** Handshakes that agreed on that version. */
    public long versions(TlsSide side, TlsVersion version) {
        return versions[side.ordinal()][version.ordinal()].sum();
    }

    /** Certificates and lists of authorities that took the place of others. */
    public long swaps() {
        return swaps.sum();
    }

    /** Changes of files that could not be used. */
    public long swapFailures() {
        return swapFailures.sum();
    }

    void count(TlsSide side, HandshakeResult result) {
        handshakes[side.ordinal()][result.ordinal()].increment();
    }

    void count(TlsSide side, TlsVersion version) {
        versions[side.ordinal()][version.ordinal()].increment();
    }

    void swapped() {
        swaps.increment();
    }

    void swapFailed() {
        swapFailures.increment();
    }
}
