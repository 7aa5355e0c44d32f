package org.strowger.discovery;

/** What a backend speaks. */
public enum Protocol {
    SIP,
    HTTP
}
