package org.strowger.proxy.routing.pattern;

import java.util.Arrays;
import org.strowger.threading.RunsOn;

/** What one event loop needs while it matches a {@link PatternSet}: the result, and text for RE2/J. Reused. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class PatternScratch {
    private final DecodedText decoded = new DecodedText();
    private long[] matched = new long[1];

    /** Bit by number of pattern, in words of 64; longer than needed, with zeros. */
    public long[] matched() {
        return matched;
    }

    void clear(int patterns) {
        int words = (patterns + 63) >> 6;
        if (matched.length < words) {
            matched = new long[words];
        } else {
            Arrays.fill(matched, 0);
        }
    }

    DecodedText decoded() {
        return decoded;
    }
}
