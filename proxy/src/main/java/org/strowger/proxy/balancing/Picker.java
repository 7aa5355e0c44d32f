package org.strowger.proxy.balancing;

/**
 * Chooses the backend of a new call among the members that a pool had when this picker was built. Safe from several event
 * loops at once: no locks, no allocation.
 *
 * <p>What {@link #pick} returns is a <em>choice</em>: {@link #NONE}, or the index of a member, to be read with
 * {@link #index}, and two flags. A choice that {@link #mustRemember} is one that arithmetic cannot repeat for the same key
 * (round robin, or a choice away from an overloaded backend): the caller writes it to {@link Affinity} under the hash of
 * the Call-ID, so that retransmissions, CANCEL and the ACK of a failure follow. A choice that {@link #isDiverted} is one away
 * from an overloaded backend: for a call that was there before, the caller takes {@link #stay} instead.
 */
public interface Picker {
    /** The choice when no member takes new calls. */
    int NONE = -1;

    /** Set in a choice that must be remembered; above every possible index. */
    int REMEMBER = 1 << 30;

    /** Set, with {@link #REMEMBER}, in a choice away from an overloaded backend. */
    int DIVERTED = 1 << 29;

    /** The choice for what begins anew. {@code keyHash} is the keyed hash of the policy's affinity key. */
    int pick(long keyHash);

    /**
     * The choice for an INVITE outside of a dialog, for which limits of calls hold. Where calls are counted, this one is from
     * now on, and has a lease.
     *
     * @param callId the hash of the Call-ID
     */
    default int pickCall(long keyHash, long callId) {
        return pick(keyHash);
    }

    /** How busy the policy thinks a member is, in a unit of its own, less is better; NaN when it has no opinion. For people. */
    default double score(int member) {
        return Double.NaN;
    }

    /**
     * The choice for a request that belongs to a call already picked but not remembered, such as a CANCEL: what
     * arithmetic alone says, with no regard to load and without counting a new call.
     */
    int repeat(long keyHash);

    /**
     * What {@link #pick} would say now, and why, for people: changes nothing and counts nothing. Allocates: not for the data
     * path.
     */
    default Explained explain(long keyHash) {
        return Explained.of(repeat(keyHash), "what its key alone says");
    }

    /** {@link #explain} for an INVITE outside of a dialog: what {@link #pickCall} would say. */
    default Explained explainCall(long keyHash) {
        return explain(keyHash);
    }

    /**
     * The choice for a request of a call that was given its backend a moment ago and not remembered, in the place of {@code
     * diverted}, which {@link #pick} chose for it: as if there were no bound. The load counts there.
     */
    default int stay(long keyHash, int diverted) {
        return diverted;
    }

    /**
     * {@link #stay} in the place of what {@link #pickCall} chose: where that call was counted, it is no longer.
     *
     * @param callId the hash of the Call-ID
     */
    default int stayCall(long keyHash, long callId, int diverted) {
        return stay(keyHash, diverted);
    }

    /**
     * The choice for a call that members in {@code excluded} did not take: any other member that {@link #pick} could
     * choose, or {@link #NONE}. Always to be remembered.
     *
     * <p>This default asks {@link #pick} again under other keys; a picker that can leave members out does better.
     */
    default int pickOther(long keyHash, Excluded excluded) {
        long key = keyHash;
        for (int i = 0; i < 64; i++) {
            int choice = pick(key);
            if (choice == NONE || !excluded.contains(index(choice))) {
                return choice == NONE ? NONE : choice | REMEMBER;
            }
            key = key * 0x9E37_79B9_7F4A_7C15L + 0x632B_E59B_D9B4_E019L;
        }
        return NONE;
    }

    /**
     * {@link #pickOther} for an INVITE outside of a dialog, for which limits of calls hold.
     *
     * @param callId the hash of the Call-ID
     */
    default int pickOtherCall(long keyHash, long callId, Excluded excluded) {
        return pickOther(keyHash, excluded);
    }

    /** Members not to be chosen. */
    @FunctionalInterface
    interface Excluded {
        /** Every member may be chosen. */
        Excluded NOBODY = member -> false;

        /** True for the index of a member in the pool's list that must not be chosen. */
        boolean contains(int member);
    }

    /** The index of the chosen member in the pool's list, or {@link #NONE}. */
    static int index(int choice) {
        return choice < 0 ? NONE : choice & ~(REMEMBER | DIVERTED);
    }

    /** True when the caller must write an affinity entry for this choice. */
    static boolean mustRemember(int choice) {
        return choice >= REMEMBER;
    }

    /** True for a choice away from an overloaded backend. */
    static boolean isDiverted(int choice) {
        return choice >= 0 && (choice & DIVERTED) != 0;
    }
}
