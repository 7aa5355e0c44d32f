package org.strowger.proxy.tls;

import java.util.Locale;

/** Which end of a connection we are. */
public enum TlsSide {
    SERVER,
    CLIENT;

    /** The label value. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
