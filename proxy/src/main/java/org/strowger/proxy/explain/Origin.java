package org.strowger.proxy.explain;

import java.util.Optional;
import org.strowger.sip.IpPort;

/**
 * Where a message is to be taken to come from.
 *
 * @param from address and port, {@code 198.51.100.7:5060}; without it the top Via says, as far as it can
 * @param listener by name, or {@value #BACKEND_SIDE}; without it the first one of the Via's transport
 */
public record Origin(Optional<String> from, Optional<String> listener) {
    /** The name of the sockets towards backends, where no listener has that name. */
    public static final String BACKEND_SIDE = "backend-side";

    /** Of an address in no network of anybody (RFC 5737). */
    private static final String NOBODY = "192.0.2.1";

    /**
     * Where what is no SIP message comes from.
     *
     * @throws IllegalArgumentException when {@code from} is no address; for people
     */
    public IpPort source() {
        String text = from.orElse(NOBODY);
        int colon = text.lastIndexOf(':');
        boolean isBracketed = colon > 0 && text.charAt(colon - 1) == ']';
        boolean hasPort = colon > 0 && (text.indexOf(':') == colon || isBracketed);
        return Arrival.read(hasPort ? text : text + ":0");
    }

    /** As the message itself says. */
    public static final Origin UNKNOWN = new Origin(Optional.empty(), Optional.empty());
}
