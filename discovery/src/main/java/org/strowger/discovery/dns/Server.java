package org.strowger.discovery.dns;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.strowger.sip.Transport;

/**
 * One server of a service: an SRV record with the addresses of its target, or the host itself where there is no SRV.
 *
 * @param priority lower is used first
 * @param weight share among those of one priority
 * @param addresses IPv6 before IPv4 (RFC 6724), each family by its number, whatever order the DNS gave
 */
public record Server(
        Transport transport, int priority, int weight, String name, int port, List<InetAddress> addresses) {

    /** Nobody needs more, and a hostile zone may have thousands. */
    private static final int MAX_ADDRESSES = 16;

    private static final Comparator<InetAddress> BY_FAMILY_AND_NUMBER = Comparator.comparing(
                    (InetAddress address) -> !(address instanceof Inet6Address))
            .thenComparing(InetAddress::getAddress, Arrays::compareUnsigned);

    /** Sorted so that any two nodes that know the same servers have them in the same order; zero weights lead. */
    static final Comparator<Server> ORDER = Comparator.comparingInt(Server::priority)
            .thenComparing(server -> server.weight() > 0)
            .thenComparing(Server::name)
            .thenComparing(Server::port)
            .thenComparing(Server::weight);

    public Server {
        addresses = addresses.stream()
                .distinct()
                .sorted(BY_FAMILY_AND_NUMBER)
                .limit(MAX_ADDRESSES)
                .toList();
    }

    /** All addresses, each family turned so that requests with different hashes begin with different ones. */
    List<Hop> hops(long hash) {
        int sixes =
                (int) addresses.stream().filter(Inet6Address.class::isInstance).count();
        List<Hop> hops = new ArrayList<>(addresses.size());
        turn(addresses.subList(0, sixes), hash, hops);
        turn(addresses.subList(sixes, addresses.size()), hash, hops);
        return hops;
    }

    private void turn(List<InetAddress> family, long hash, List<Hop> out) {
        for (int i = 0; i < family.size(); i++) {
            int index = (int) Math.floorMod(hash + i, (long) family.size());
            out.add(new Hop(new InetSocketAddress(family.get(index), port), transport));
        }
    }
}
