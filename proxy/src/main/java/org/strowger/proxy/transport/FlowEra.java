package org.strowger.proxy.transport;

/**
 * The life of one process as its flow ids tell it: a token from before a restart, or of another node, is in no other era.
 * Ids count up from the millisecond of the start, 256 for each, so that a process that accepts fewer connections than
 * that in the long run never catches up with what a later one begins with.
 *
 * @param salt 0..255, drawn at each start: two nodes that start together differ all the same, almost always
 * @param first the first number, 48 bits
 */
public record FlowEra(int salt, long first) {
    static final int COUNTER_BITS = 48;
    static final long COUNTER_MASK = (1L << COUNTER_BITS) - 1;
    static final int SALT_SHIFT = 56;

    /** The begin of 2026. 40 bits of milliseconds last until 2060. */
    private static final long BEGIN_MILLIS = 1_767_225_600_000L;

    private static final int PER_MILLI_BITS = 8;

    public FlowEra {
        if (salt < 0 || salt > 0xFF) {
            throw new IllegalArgumentException("salt: " + salt + " (expected: 0..255)");
        }
        if (first < 1 || first > COUNTER_MASK) {
            throw new IllegalArgumentException("first: " + first + " (expected: 1.." + COUNTER_MASK + ")");
        }
    }

    /** Of a process that starts at that time of day. */
    public static FlowEra at(long epochMillis, int salt) {
        long start = (epochMillis - BEGIN_MILLIS) << PER_MILLI_BITS & COUNTER_MASK;
        return new FlowEra(salt, Math.max(1, start));
    }

    /** False when that id was surely given in another life. */
    public boolean mayHave(long id) {
        return (int) (id >>> SALT_SHIFT) == salt && (id & COUNTER_MASK) >= first;
    }
}
