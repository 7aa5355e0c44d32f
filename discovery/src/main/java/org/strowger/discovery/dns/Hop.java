package org.strowger.discovery.dns;

import java.net.InetSocketAddress;
import org.strowger.sip.Transport;

/** Where a message can be sent: a resolved address and port, and the transport. */
public record Hop(InetSocketAddress address, Transport transport) {

    public Hop {
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("address: " + address + " (expected: a resolved address)");
        }
    }
}
