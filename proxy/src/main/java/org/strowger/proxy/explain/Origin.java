package org.strowger.proxy.explain;

import java.util.Optional;

/**
 * Where a message is to be taken to come from.
 *
 * @param from address and port, {@code 198.51.100.7:5060}; without it the top Via says, as far as it can
 * @param listener by name, or {@value #BACKEND_SIDE}; without it the first one of the Via's transport
 */
public record Origin(Optional<String> from, Optional<String> listener) {
    /** The name of the sockets towards backends, where no listener has that name. */
    public static final String BACKEND_SIDE = "backend-side";

    /** As the message itself says. */
    public static final Origin UNKNOWN = new Origin(Optional.empty(), Optional.empty());
}
