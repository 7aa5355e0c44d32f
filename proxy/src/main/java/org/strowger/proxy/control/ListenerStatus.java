package org.strowger.proxy.control;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An address that something comes in by.
 *
 * @param transport as in the file, for example {@code wss} or {@code udp-relay}
 * @param address bound, with the port in use
 * @param state whether it takes anything new
 * @param tls the section of its certificates
 * @param pools that a relay gives to; empty where rules say
 * @param open connections or flows now; empty where there are none to count
 * @param limit of them, over all event loops
 */
public record ListenerStatus(
        String name,
        String transport,
        String address,
        State state,
        Optional<String> tls,
        List<String> pools,
        OptionalInt open,
        OptionalInt limit) {

    /** Whether it takes anything new. */
    public enum State {
        OPEN,
        /** The configuration has it no more, but some of its connections go on. */
        CLOSING
    }

    public ListenerStatus {
        pools = List.copyOf(pools);
    }

    /** It takes nothing any more, and so many connections are left. */
    public ListenerStatus closing(int left) {
        return new ListenerStatus(name, transport, address, State.CLOSING, tls, pools, OptionalInt.of(left), limit);
    }
}
