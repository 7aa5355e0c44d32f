package org.strowger.proxy.routing;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.strowger.sip.IpPort;
import org.strowger.sip.IpText;
import org.strowger.sip.SipUri;
import org.strowger.sip.Span;
import org.strowger.threading.RunsOn;

/**
 * The addresses and names that mean this front door: bound, advertised, and those of the peer node. Immutable.
 *
 * <p>Comparing host text alone would take a backend on another port of the same host for ourselves, and would miss an
 * advertised address (RFC 3261 section 16.4), so both address and port count.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class OwnAddresses {

    /** A host name and port under which we are known. */
    public record Name(String host, int port) {

        public Name {
            host = host.toLowerCase(Locale.ROOT);
        }
    }

    private final IpPort[] addresses;
    private final byte[][] names;
    private final int[] namePorts;

    public OwnAddresses(Set<IpPort> addresses, List<Name> names) {
        this.addresses = addresses.toArray(IpPort[]::new);
        this.names = names.stream()
                .map(name -> name.host().getBytes(StandardCharsets.US_ASCII))
                .toArray(byte[][]::new);
        this.namePorts = names.stream().mapToInt(Name::port).toArray();
    }

    /** True when the URI's host and port are ours; {@code scratch} receives its address. */
    boolean contains(byte[] bytes, SipUri uri, IpPort scratch) {
        Span host = uri.host();
        if (!host.isPresent()) {
            return false;
        }
        int port = uri.port() >= 0 ? uri.port() : uri.scheme() == SipUri.Scheme.SIPS ? 5061 : 5060;
        if (IpText.readHost(bytes, host.start(), host.end(), scratch)) {
            scratch.setPort(port);
            return contains(scratch);
        }
        for (int i = 0; i < names.length; i++) {
            if (namePorts[i] == port && sameName(bytes, host, names[i])) {
                return true;
            }
        }
        return false;
    }

    boolean contains(IpPort address) {
        for (IpPort own : addresses) {
            if (own.same(address)) {
                return true;
            }
        }
        return false;
    }

    private static boolean sameName(byte[] bytes, Span host, byte[] name) {
        if (host.length() != name.length) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            byte b = bytes[host.start() + i];
            if ((b >= 'A' && b <= 'Z' ? b | 0x20 : b) != name[i]) {
                return false;
            }
        }
        return true;
    }
}
