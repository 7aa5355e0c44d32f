package org.strowger.discovery.dns;

import java.net.InetAddress;

/** What one DNS record says. Names are in lower case without the dot at the end; the root is empty. */
public sealed interface ResourceRecord {

    /** An A or AAAA record. */
    record Address(InetAddress ip) implements ResourceRecord {}

    /**
     * RFC 2782.
     *
     * @param priority lower is used first
     * @param weight share among those of one priority
     * @param target the server's name; empty when the service is decidedly not available
     */
    record Srv(int priority, int weight, int port, String target) implements ResourceRecord {}

    /**
     * RFC 3403.
     *
     * @param order lower is used first
     * @param preference among those of one order, lower is used first
     * @param flags {@code s} when the replacement is the name of SRV records
     * @param services for SIP: {@code SIP+D2U}, {@code SIP+D2T}, {@code SIPS+D2T}
     */
    record Naptr(int order, int preference, String flags, String services, String regexp, String replacement)
            implements ResourceRecord {}
}
