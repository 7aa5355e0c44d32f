package org.strowger.discovery.dns;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a {@link Destination} is, or why nobody knows.
 *
 * <p>A stateless proxy must send a retransmission, and a CANCEL, where the request went (RFC 3263 section 4.4 and RFC
 * 3261 section 16.11). The draws by weight of RFC 2782 are therefore a function of the transaction's hash and of the set
 * of records: not of chance, nor of the order in which a DNS server happens to name them.
 *
 * @param servers sorted; empty unless FOUND
 * @param ttlSeconds how long this may be believed; -1 when the DNS did not say
 */
public record Location(Outcome outcome, List<Server> servers, long ttlSeconds) {

    /** How a look-up ended, or that it has not. */
    public enum Outcome {
        FOUND,
        /** There is no such name, or it has no address that we could use. */
        NO_NAME,
        /** Nobody could say. */
        FAILED,
        /** The URI asks for a transport that we have no socket for. */
        NO_TRANSPORT,
        /** Being looked up. */
        PENDING,
        /** Not looked up: too many look-ups are under way. */
        REFUSED
    }

    static final Location FAILURE = none(Outcome.FAILED, -1);
    static final Location UNSENDABLE = none(Outcome.NO_TRANSPORT, -1);
    static final Location PENDING = none(Outcome.PENDING, -1);
    static final Location REFUSED = none(Outcome.REFUSED, -1);

    public Location {
        servers = servers.stream().sorted(Server.ORDER).toList();
        if (servers.isEmpty() == (outcome == Outcome.FOUND)) {
            throw new IllegalArgumentException("servers: " + servers.size() + " (expected: some if and only if FOUND)");
        }
    }

    static Location found(List<Server> servers, long ttlSeconds) {
        return new Location(Outcome.FOUND, servers, ttlSeconds);
    }

    static Location none(Outcome outcome, long ttlSeconds) {
        return new Location(outcome, List.of(), ttlSeconds);
    }

    /** The hop to send a request with that transaction hash to, when FOUND. */
    public Hop first(long transactionHash) {
        int tier = 1;
        while (tier < servers.size()
                && servers.get(tier).priority() == servers.get(0).priority()) {
            tier++;
        }
        long draw = mix(transactionHash);
        return servers.get(draw(servers.subList(0, tier), draw))
                .hops(mix(~draw))
                .get(0);
    }

    /** All hops for a request with that transaction hash, in the order in which they are to be tried. */
    public List<Hop> order(long transactionHash) {
        List<Hop> hops = new ArrayList<>();
        List<Server> rest = new ArrayList<>(servers);
        long draw = transactionHash;
        while (!rest.isEmpty()) {
            int tier = 1;
            while (tier < rest.size()
                    && rest.get(tier).priority() == rest.get(0).priority()) {
                tier++;
            }
            draw = mix(draw);
            hops.addAll(rest.remove(draw(rest.subList(0, tier), draw)).hops(mix(~draw)));
        }
        return hops;
    }

    /**
     * RFC 2782: the first whose running sum of weights reaches a number of 0 to the sum. Zero weights lead, and share
     * the number 0 evenly.
     */
    private static int draw(List<Server> tier, long draw) {
        long total = 0;
        int zeros = 0;
        for (Server server : tier) {
            total += server.weight();
            zeros += server.weight() == 0 ? 1 : 0;
        }
        long number = Long.remainderUnsigned(draw, total + 1);
        if (number == 0 && zeros > 0) {
            return (int) Long.remainderUnsigned(mix(draw), zeros);
        }
        long sum = 0;
        for (int i = 0; i < tier.size(); i++) {
            sum += tier.get(i).weight();
            if (sum >= number) {
                return i;
            }
        }
        return tier.size() - 1;
    }

    /** The output function of SplitMix64: neighbouring hashes give unrelated draws. */
    private static long mix(long value) {
        long z = value + 0x9E37_79B9_7F4A_7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return z ^ (z >>> 31);
    }
}
