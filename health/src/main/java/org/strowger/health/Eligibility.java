package org.strowger.health;

/** What may be sent to a backend, made of its {@link AdminState} and {@link HealthState}. */
public enum Eligibility {
    NEW_AND_ESTABLISHED,
    ESTABLISHED_ONLY,
    NONE;

    /**
     * The truth table:
     *
     * <table>
     * <caption>eligibility by state</caption>
     * <tr><td></td><td>UNKNOWN</td><td>UP</td><td>DOWN</td></tr>
     * <tr><td>READY</td><td>new and established</td><td>new and established</td><td>none</td></tr>
     * <tr><td>DRAIN</td><td>established only</td><td>established only</td><td>none</td></tr>
     * <tr><td>MAINT</td><td>none</td><td>none</td><td>none</td></tr>
     * </table>
     */
    public static Eligibility of(AdminState admin, HealthState health) {
        return switch (admin) {
            case READY -> health == HealthState.DOWN ? NONE : NEW_AND_ESTABLISHED;
            case DRAIN -> health == HealthState.DOWN ? NONE : ESTABLISHED_ONLY;
            case MAINT -> NONE;
        };
    }
}
