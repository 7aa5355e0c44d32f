package org.strowger.health;

/** What a probe came to. */
public enum ProbeVerdict {
    PASSED,
    /** No answer in time, an unexpected one, or none possible. */
    FAILED,
    /** OPTIONS was answered 503 with a Reason that says "maintenance": it lives and asks for no new dialogs. */
    MAINTENANCE
}
