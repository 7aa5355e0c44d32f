package org.strowger.proxy.config;

import java.time.Duration;
import java.util.List;
import org.strowger.sip.IpPort;

/**
 * From whom a listener takes the PROXY protocol.
 *
 * @param from networks of the proxies in front; what comes from there has to begin with a header; empty: the protocol is not
 *     taken
 * @param others what becomes of those who come from elsewhere
 * @param timeout within which the header of a connection must be there
 */
public record ProxyProtocolConfig(List<Cidr> from, Others others, Duration timeout) {

    /** What becomes of those who come from elsewhere than {@code from}. */
    public enum Others {
        /** They speak for themselves, without a header. */
        PLAIN,
        /** They are closed, or dropped. */
        REFUSE
    }

    public ProxyProtocolConfig {
        from = List.copyOf(from);
    }

    public boolean isTaken() {
        return !from.isEmpty();
    }

    /** True for the address of one who has to show a header. */
    public boolean isFrom(IpPort address) {
        for (int i = 0; i < from.size(); i++) {
            if (from.get(i).contains(address)) {
                return true;
            }
        }
        return false;
    }

    static ProxyProtocolConfig read(Section section) {
        section.refuseUnknownKeys();
        List<Cidr> from = section.oneOrMoreOrPreset("from").stream()
                .flatMap(element -> section.parse(element, AddressSyntax.network()).stream())
                .toList();
        return new ProxyProtocolConfig(
                from,
                section.read("others", Syntax.oneOf(Others.class)),
                section.read("timeout", Syntax.duration("100ms", "1m")));
    }
}
