package org.strowger.health.probe;

/** What a backend is asked. */
public sealed interface ProbeMethod {

    /** SIP OPTIONS (RFC 3261 section 11) over the backend's own transport. */
    record Options() implements ProbeMethod {}

    /** A TCP connection to the backend's address, closed as soon as it is open. */
    record Connect() implements ProbeMethod {}

    /**
     * What the backend's front asks of a connection, and no more: the handshake of a WebSocket.
     *
     * @param path absolute, or empty for the backend's own
     * @param subProtocol what is offered, or empty
     */
    record Handshake(String path, String subProtocol) implements ProbeMethod {}

    /**
     * HTTP GET on a connection of its own.
     *
     * @param port 1..65535, or 0 for the backend's own
     * @param path absolute, with the query if any
     */
    record Http(int port, String path) implements ProbeMethod {

        public Http {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("port: " + port + " (expected: 0..65535)");
            }
            if (!path.startsWith("/") || path.chars().anyMatch(c -> c <= ' ' || c >= 127)) {
                throw new IllegalArgumentException(
                        "path: " + path + " (expected: / and visible ASCII characters without blanks)");
            }
        }
    }
}
