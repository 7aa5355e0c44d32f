package org.strowger.proxy;

import org.strowger.health.Eligibility;

/** What may be sent to the members of pools at the moment. */
interface Standing {
    /** Everybody takes everything: where nothing watches the backends. */
    Standing GOOD = new Standing() {
        @Override
        public Eligibility eligibility(String pool, String backendId) {
            return Eligibility.NEW_AND_ESTABLISHED;
        }

        @Override
        public long upSinceNanos(String pool, String backendId) {
            return Long.MIN_VALUE;
        }
    };

    /** What may be sent to a member. */
    Eligibility eligibility(String pool, String backendId);

    /** Whether nobody is there any more: nothing will come of what it was given. */
    default boolean isGone(String pool, String backendId) {
        return eligibility(pool, backendId) == Eligibility.NONE;
    }

    /** Since when it takes new calls, for a slow start; {@link Long#MIN_VALUE} for one that was never known not to. */
    long upSinceNanos(String pool, String backendId);
}
