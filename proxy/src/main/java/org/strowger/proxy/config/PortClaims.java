package org.strowger.proxy.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.strowger.threading.RunsOn;

/** The ports that the file asks for, and which of them are asked for twice. */
@RunsOn(RunsOn.Runner.CONTROL)
final class PortClaims {
    private final List<Claim> claims = new ArrayList<>();

    /**
     * Ports from that of {@code address} upwards.
     *
     * @param at the key that asks for them
     * @param datagram UDP, which has port numbers of its own, or TCP
     * @param count of consecutive ports
     */
    record Claim(Located at, boolean datagram, InetSocketAddress address, int count) {

        boolean clashesWith(Claim other) {
            int port = address.getPort();
            int otherPort = other.address.getPort();
            return datagram == other.datagram
                    && port != 0
                    && otherPort != 0
                    && port < otherPort + other.count
                    && otherPort < port + count
                    && overlap(address.getAddress(), other.address.getAddress());
        }

        String ports() {
            return address.getPort() + (count > 1 ? ".." + (address.getPort() + count - 1) : "");
        }

        /** The IPv6 wildcard takes IPv4 too, as Linux has it by default. */
        private static boolean overlap(InetAddress one, InetAddress two) {
            boolean sameFamily = one.getClass() == two.getClass();
            return one.equals(two)
                    || (one.isAnyLocalAddress() && (sameFamily || one.getAddress().length == 16))
                    || (two.isAnyLocalAddress() && (sameFamily || two.getAddress().length == 16));
        }
    }

    void add(Claim claim) {
        claims.add(claim);
    }

    /** Reports each claim that clashes with an earlier one, once. */
    void report(Problems problems) {
        for (int later = 1; later < claims.size(); later++) {
            Claim claim = claims.get(later);
            for (Claim earlier : claims.subList(0, later)) {
                if (claim.clashesWith(earlier)) {
                    clash(claim, earlier, problems);
                    break;
                }
            }
        }
    }

    private static void clash(Claim claim, Claim earlier, Problems problems) {
        String protocol = claim.datagram() ? "UDP" : "TCP";
        problems.expected(
                claim.at(),
                protocol + " port " + claim.ports() + " at "
                        + claim.address().getAddress().getHostAddress(),
                "a port that is free; " + earlier.at().path() + " takes " + earlier.ports());
    }
}
