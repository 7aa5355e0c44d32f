package org.strowger.health;

/** What people, discovery and the peer node want of a backend. */
public enum AdminState {
    /** Takes part as its health allows. */
    READY,
    /** No new dialogs; established ones continue. */
    DRAIN,
    /** Nothing is sent to it. */
    MAINT
}
