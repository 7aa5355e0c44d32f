package org.strowger.health.probe;

import java.util.BitSet;
import java.util.stream.IntStream;
import org.strowger.threading.RunsOn;

/**
 * The status codes of an answer, SIP's or HTTP's, with which a backend passes a probe. Immutable.
 *
 * <p>By default a SIP backend passes with any final answer that shows its transaction layer at work and does not say that
 * it cannot serve: 2xx, 3xx and 4xx but 408, which a proxy in front gives for a server that is silent. A 405 of a server
 * that knows no OPTIONS, or a 401 or 404, is as good a sign of life as a 200. 5xx and 6xx fail.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class ExpectedCodes {
    private static final int LIMIT = 700;

    /** 200 to 499 without 408. */
    public static final ExpectedCodes SIP_DEFAULT = of(IntStream.range(200, 500).filter(code -> code != 408));
    /** 200 to 399. */
    public static final ExpectedCodes HTTP_DEFAULT = of(IntStream.range(200, 400));

    private final BitSet codes;

    private ExpectedCodes(BitSet codes) {
        this.codes = codes;
    }

    /** These codes, each 100..699. */
    public static ExpectedCodes of(IntStream codes) {
        BitSet bits = new BitSet(LIMIT);
        codes.forEach(code -> {
            if (code < 100 || code >= LIMIT) {
                throw new IllegalArgumentException("code: " + code + " (expected: 100..699)");
            }
            bits.set(code);
        });
        return new ExpectedCodes(bits);
    }

    public boolean contains(int code) {
        return codes.get(code);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ExpectedCodes expected && codes.equals(expected.codes);
    }

    @Override
    public int hashCode() {
        return codes.hashCode();
    }

    @Override
    public String toString() {
        return codes.toString();
    }
}
