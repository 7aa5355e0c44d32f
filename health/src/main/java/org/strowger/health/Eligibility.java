package org.strowger.health;

import org.strowger.health.passive.EjectionState;

/** What may be sent to a backend, made of its {@link AdminState}, its {@link HealthState} and its {@link EjectionState}. */
public enum Eligibility {
    NEW_AND_ESTABLISHED,
    /**
     * Established dialogs, and a trickle of what begins: about one new request per pool and {@code passive.trial-interval}
     * (500 ms unless set), whatever policy, weight and key say, and no more even if the pool has nobody else, when the other
     * new requests are answered as if there were nobody. A picker that cannot count time may send one in 100 instead. The
     * request is an ordinary one: it is re-dispatched if the backend fails it.
     */
    TRIAL,
    ESTABLISHED_ONLY,
    /**
     * Requests of its dialogs, unless another member can take them: it is down and yet was heard of within {@link
     * Lingering#PATIENCE}, and the network does not say that nobody is there.
     */
    LINGERING,
    NONE;

    /**
     * The truth table:
     *
     * <table>
     * <caption>eligibility by state</caption>
     * <tr><td></td><td>UNKNOWN or UP, IN</td><td>UNKNOWN or UP, TRIAL</td><td>UNKNOWN or UP, BUSY or EJECTED</td>
     *     <td>DOWN, lingering</td><td>DOWN</td></tr>
     * <tr><td>READY</td><td>new and established</td><td>trial</td><td>established only</td><td>lingering</td><td>none</td></tr>
     * <tr><td>DRAIN</td><td>established only</td><td>established only</td><td>established only</td><td>lingering</td><td>none</td></tr>
     * <tr><td>MAINT</td><td>none</td><td>none</td><td>none</td><td>none</td><td>none</td></tr>
     * </table>
     *
     * <p>An ejected backend keeps its dialogs: it may well answer their requests, and nobody else can. A pool in panic raises
     * what this says, see {@link PoolHealth}.
     */
    public static Eligibility of(AdminState admin, HealthState health, EjectionState ejection, boolean lingers) {
        if (admin == AdminState.MAINT) {
            return NONE;
        }
        if (health == HealthState.DOWN) {
            return lingers ? LINGERING : NONE;
        }
        if (admin == AdminState.DRAIN) {
            return ESTABLISHED_ONLY;
        }
        return switch (ejection) {
            case IN -> NEW_AND_ESTABLISHED;
            case TRIAL -> TRIAL;
            case BUSY, EJECTED -> ESTABLISHED_ONLY;
        };
    }

    /** The same for a backend that is not ejected, and lost when it is down. */
    public static Eligibility of(AdminState admin, HealthState health) {
        return of(admin, health, EjectionState.IN, false);
    }
}
