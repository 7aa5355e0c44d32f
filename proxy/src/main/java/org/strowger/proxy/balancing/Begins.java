package org.strowger.proxy.balancing;

/** What a pick is for: limits hold for calls only. */
enum Begins {
    /** An INVITE outside of a dialog. */
    CALL,
    /** Anything else that no cookie decides, such as REGISTER. */
    REQUEST
}
