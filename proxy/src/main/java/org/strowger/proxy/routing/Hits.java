package org.strowger.proxy.routing;

import java.util.BitSet;
import org.strowger.threading.RunsOn;

/** A set of rules, kept as those words of its bit set that are not 0, because most sets hold few of many rules. */
@RunsOn(RunsOn.Runner.ANY)
final class Hits {
    static final Hits NONE = new Hits(new BitSet());

    private final int[] indices;
    private final long[] words;

    Hits(BitSet rules) {
        long[] all = rules.toLongArray();
        int count = 0;
        for (long word : all) {
            count += word != 0 ? 1 : 0;
        }
        indices = new int[count];
        words = new long[count];
        int next = 0;
        for (int i = 0; i < all.length; i++) {
            if (all[i] != 0) {
                indices[next] = i;
                words[next++] = all[i];
            }
        }
    }

    void addTo(long[] rules) {
        for (int i = 0; i < indices.length; i++) {
            rules[indices[i]] |= words[i];
        }
    }
}
