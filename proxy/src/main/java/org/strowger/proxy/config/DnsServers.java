package org.strowger.proxy.config;

import java.net.InetSocketAddress;
import java.util.List;

/** Who is asked. */
public sealed interface DnsServers {

    /** The servers that the system is set to. */
    record FromSystem() implements DnsServers {}

    /** These, in this order. */
    record Listed(List<InetSocketAddress> addresses) implements DnsServers {

        public Listed {
            addresses = List.copyOf(addresses);
            Require.that(!addresses.isEmpty(), "addresses", "none", "at least one");
        }
    }
}
