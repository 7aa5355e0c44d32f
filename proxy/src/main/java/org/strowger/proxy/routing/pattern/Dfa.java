package org.strowger.proxy.routing.pattern;

import org.strowger.threading.RunsOn;

/** A deterministic automaton over bytes that finds out in one pass which of several patterns occur in a text. */
@RunsOn(RunsOn.Runner.ANY)
final class Dfa {
    /** Nothing special. */
    static final byte PLAIN = 0;
    /** Some patterns match here. */
    static final byte ACCEPTING = 1;
    /** No further byte changes anything: everything has matched, or nothing can any more. */
    static final byte FINAL = 2;

    private final byte[] classOf;
    private final int classes;
    /** The next state by state and class of byte; the first state is 0. */
    private final char[] next;

    private final byte[] kinds;
    /** The patterns that match on reaching a state. */
    private final int[][] accepts;
    /** The patterns that match in a state where the text ends. */
    private final int[][] acceptsAtEnd;

    Dfa(byte[] classOf, char[] next, byte[] kinds, int[][] accepts, int[][] acceptsAtEnd) {
        this.classOf = classOf;
        this.classes = next.length / kinds.length;
        this.next = next;
        this.kinds = kinds;
        this.accepts = accepts;
        this.acceptsAtEnd = acceptsAtEnd;
    }

    /** Sets the bit of each pattern that occurs in {@code text[from .. to)}. */
    void run(byte[] text, int from, int to, long[] matched) {
        int state = 0;
        int i = from;
        while (true) {
            byte kind = kinds[state];
            if (kind != PLAIN) {
                set(accepts[state], matched);
                if (kind == FINAL) {
                    break;
                }
            }
            if (i == to) {
                break;
            }
            state = next[state * classes + (classOf[text[i++] & 0xFF] & 0xFF)];
        }
        if (i == to) {
            set(acceptsAtEnd[state], matched);
        }
    }

    int states() {
        return kinds.length;
    }

    private static void set(int[] patterns, long[] matched) {
        for (int pattern : patterns) {
            matched[pattern >> 6] |= 1L << pattern;
        }
    }
}
