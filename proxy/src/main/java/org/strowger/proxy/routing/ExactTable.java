package org.strowger.proxy.routing;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import org.strowger.threading.RunsOn;

/**
 * Texts to sets of rules, looked up by bytes without making a String: open addressing, at most half full. The operator
 * fills it and strangers only ask, so the hash needs no key.
 */
@RunsOn(RunsOn.Runner.ANY)
final class ExactTable {
    private static final byte[] NOTHING = new byte[0];

    private final byte[][] keys;
    private final long[] hashes;
    private final Hits[] hits;

    ExactTable(Map<String, BitSet> rulesByText) {
        int size = Integer.highestOneBit(Math.max(1, rulesByText.size())) << 2;
        keys = new byte[size][];
        hashes = new long[size];
        hits = new Hits[size];
        Arrays.fill(keys, NOTHING);
        Arrays.fill(hits, Hits.NONE);
        rulesByText.forEach((text, rules) -> {
            byte[] key = text.getBytes(StandardCharsets.UTF_8);
            long hash = hash(key, 0, key.length);
            int slot = (int) hash & (size - 1);
            while (hits[slot] != Hits.NONE) {
                slot = (slot + 1) & (size - 1);
            }
            keys[slot] = key;
            hashes[slot] = hash;
            hits[slot] = new Hits(rules);
        });
    }

    Hits find(byte[] text, int from, int to) {
        long hash = hash(text, from, to);
        int slot = (int) hash & (keys.length - 1);
        while (hits[slot] != Hits.NONE) {
            if (hashes[slot] == hash && Arrays.equals(keys[slot], 0, keys[slot].length, text, from, to)) {
                return hits[slot];
            }
            slot = (slot + 1) & (keys.length - 1);
        }
        return Hits.NONE;
    }

    /** FNV-1a, with the upper half folded into the lower, from which slots are taken. */
    private static long hash(byte[] text, int from, int to) {
        long hash = 0xCBF2_9CE4_8422_2325L;
        for (int i = from; i < to; i++) {
            hash = (hash ^ text[i]) * 0x100_0000_01B3L;
        }
        return hash ^ (hash >>> 32);
    }
}
