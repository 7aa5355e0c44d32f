package org.strowger.sip.cookie;

/** One of the two sides of the balancer. */
public enum Side {
    /** Where calls come from: phones, browsers, carriers. */
    CLIENT,
    /** Where the pools are. */
    BACKEND
}
