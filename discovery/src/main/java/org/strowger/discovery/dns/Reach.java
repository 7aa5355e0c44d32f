package org.strowger.discovery.dns;

import java.util.EnumSet;
import java.util.Set;
import org.strowger.sip.Transport;

/**
 * What this node can send on: its transports, by address family.
 *
 * @param ipv4 transports with a socket for IPv4
 * @param ipv6 transports with a socket for IPv6
 */
public record Reach(Set<Transport> ipv4, Set<Transport> ipv6) {

    public Reach {
        ipv4 = Set.copyOf(ipv4);
        ipv6 = Set.copyOf(ipv6);
    }

    /** In the order in which RFC 3263 prefers them where the other side has no preference: UDP first. */
    Set<Transport> transports() {
        Set<Transport> both = EnumSet.noneOf(Transport.class);
        both.addAll(ipv4);
        both.addAll(ipv6);
        return both;
    }

    /** The address records that are of use for a transport; IPv6 first (RFC 6724, RFC 7984). */
    Set<RecordType> families(Transport transport) {
        Set<RecordType> types = EnumSet.noneOf(RecordType.class);
        if (ipv4.contains(transport)) {
            types.add(RecordType.A);
        }
        if (ipv6.contains(transport)) {
            types.add(RecordType.AAAA);
        }
        return types;
    }
}
