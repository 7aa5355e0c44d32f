package org.strowger.e2e;

/** What an {@link Agent} does with another one; the other learns it from a header. */
enum CallKind {
    /** A call that the caller ends. */
    TALK,
    /** A call that the callee ends. */
    HUNG_UP_ON,
    /** A call that the caller gives up while it rings. */
    CANCELLED,
    /** A registration, after which the registrar calls; the phone that is called hangs up. */
    CALLED,
    /** A registration. */
    REGISTERED,
    /** OPTIONS. */
    ASKED;

    private static final CallKind[] MIX = {
        TALK, HUNG_UP_ON, TALK, CALLED, HUNG_UP_ON, TALK, CANCELLED, TALK, HUNG_UP_ON, REGISTERED, TALK, ASKED, CALLED
    };

    /** Names the kind in a message. */
    static final String HEADER = "X-Kind";

    /** A mix of all, mostly calls. */
    static CallKind mixed(int number) {
        return MIX[number % MIX.length];
    }

    /** What it begins with. */
    String method() {
        return switch (this) {
            case TALK, HUNG_UP_ON, CANCELLED -> "INVITE";
            case CALLED, REGISTERED -> "REGISTER";
            case ASKED -> "OPTIONS";
        };
    }

    /** Who of the two ends of an INVITE says BYE. */
    boolean callerHangsUp() {
        return this == TALK;
    }
}
