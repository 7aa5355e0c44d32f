package org.strowger.proxy.balancing;

import io.netty.util.concurrent.Ticker;
import java.util.Locale;

/** How a pool spreads new calls over its members, and which part of a message keeps meeting the same backend. */
public sealed interface BalancingPolicy {

    /** In turn, by weight. */
    record RoundRobin() implements BalancingPolicy {}

    /** By the hash of the Call-ID: each call by itself. */
    record CallId() implements BalancingPolicy {}

    /** By the hash of the sender's IP address, without its port. */
    record SourceIp() implements BalancingPolicy {}

    /** By the hash of the user: of the To URI in a REGISTER, of the Request-URI in others, so that the two meet. */
    record User() implements BalancingPolicy {}

    /** By the hash of the value of a header's first line. */
    record Header(HeaderName name) implements BalancingPolicy {}

    /**
     * The policy as written in the configuration: {@code round-robin}, {@code call-id}, {@code source-ip}, {@code user} or
     * {@code header:<Name>}.
     *
     * @throws IllegalArgumentException when it is none of these
     */
    static BalancingPolicy of(String text) {
        if (text.regionMatches(true, 0, "header:", 0, 7)) {
            return new Header(new HeaderName(text.substring(7).trim()));
        }
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "round-robin" -> new RoundRobin();
            case "call-id" -> new CallId();
            case "source-ip" -> new SourceIp();
            case "user" -> new User();
            default ->
                throw new IllegalArgumentException(
                        "balance: " + text + " (expected: round-robin, call-id, source-ip, user or header:<Name>)");
        };
    }

    /** The pickers of one pool with this policy; {@code bound} matters to the hashing policies only. */
    default PickerFactory pickers(BoundedLoad bound, Ticker ticker) {
        return this instanceof RoundRobin
                ? new RoundRobinPicker.Factory()
                : new TransitionPicker.Factory(bound, ticker);
    }
}
