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

    /** Fewest calls in progress, by weight. */
    record LeastCalls() implements BalancingPolicy {}

    /** Fewest requests without an answer, by weight. */
    record LeastRequests() implements BalancingPolicy {}

    /** Shortest time to an answer. */
    record Latency() implements BalancingPolicy {}

    /** By what the backends say about their load. */
    record ReportedLoad() implements BalancingPolicy {}

    /**
     * The policy as written in the configuration: {@code round-robin}, {@code call-id}, {@code source-ip}, {@code user},
     * {@code header:<Name>}, {@code least-calls}, {@code least-requests}, {@code latency} or {@code reported-load}.
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
            // Of a relay, whose calls are connections.
            case "least-calls", "least-connections" -> new LeastCalls();
            case "least-requests" -> new LeastRequests();
            case "latency" -> new Latency();
            case "reported-load" -> new ReportedLoad();
            default ->
                throw new IllegalArgumentException("balance: " + text
                        + " (expected: round-robin, call-id, source-ip, user, header:<Name>, least-calls,"
                        + " least-requests, latency or reported-load)");
        };
    }

    /** True when the same key always meets the same backend, as far as bounds and limits allow. */
    default boolean isHash() {
        return this instanceof CallId || this instanceof SourceIp || this instanceof User || this instanceof Header;
    }

    /** True when it looks at the requests in flight of its backends, or at their latency. */
    default boolean measuresRequests() {
        return this instanceof LeastRequests || this instanceof Latency || this instanceof ReportedLoad;
    }

    /** The pickers of one pool with this policy. */
    default PickerFactory pickers(BalancingSettings settings, Measurements measurements) {
        return new PoolPickers(this, settings, measurements);
    }

    /** The same with {@code bound} and defaults, counting for itself; {@code bound} matters to the hashing policies only. */
    default PickerFactory pickers(BoundedLoad bound, Ticker ticker) {
        return pickers(
                BalancingSettings.DEFAULT.with(bound),
                new Measurements(new BackendLoads(), CallRegister.NONE, ticker, 0));
    }
}
