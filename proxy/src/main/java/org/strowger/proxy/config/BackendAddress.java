package org.strowger.proxy.config;

import org.strowger.discovery.Backend;

/** The address of a backend as operators write it, in the file and elsewhere. */
public final class BackendAddress {

    private BackendAddress() {}

    /**
     * The backend at {@code udp:ip[:port]}, {@code ws:ip[:port][/path]}, {@code http:ip[:port]} and so on, with weight 1.
     *
     * @throws IllegalArgumentException {@code address: text (expected: ...)} when it is something else
     */
    public static Backend parse(String text) {
        Parsed<AddressSyntax.TransportAddress> parsed = AddressSyntax.backend().parse(text);
        if (parsed instanceof Parsed.Ok<AddressSyntax.TransportAddress> ok) {
            return ok.value().backend(1, 0, "");
        }
        String expected = ((Parsed.Bad<AddressSyntax.TransportAddress>) parsed).expected();
        throw new IllegalArgumentException("address: " + Problems.printable(text) + " (expected: " + expected + ")");
    }
}
