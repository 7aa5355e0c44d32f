package org.strowger.proxy.routing;

import org.strowger.sip.IpPort;
import org.strowger.sip.IpText;
import org.strowger.sip.SipUri;
import org.strowger.sip.Span;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/** The address and transport that a URI leads to. Reused; a {@link NameLookup} fills it where the host is a name. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class NextHop {
    private final IpPort address = new IpPort();
    private Transport transport = Transport.UDP;
    private long lookup;

    /** The part of a URI that says where it leads: maddr where there is one (RFC 3263 section 4). */
    public static Span target(SipUri uri) {
        return uri.maddr().isPresent() ? uri.maddr() : uri.host();
    }

    /** Takes the address that the URI names literally; false, and nothing taken, when it is a name. */
    boolean read(byte[] b, SipUri uri) {
        Span target = target(uri);
        if (!target.isPresent() || !IpText.readHost(b, target.start(), target.end(), address)) {
            return false;
        }
        transport = Transports.of(b, uri);
        address.setPort(uri.port() >= 0 ? uri.port() : transport.defaultPort());
        return true;
    }

    /** What a name leads to. */
    public void set(IpPort to, Transport by) {
        address.set(to);
        transport = by;
    }

    /** Not known yet: the number of the look-up that will tell. */
    public void await(long lookupNumber) {
        lookup = lookupNumber;
    }

    public IpPort address() {
        return address;
    }

    public Transport transport() {
        return transport;
    }

    /** The look-up that {@link NameLookup.Answer#PENDING} is about. */
    long lookup() {
        return lookup;
    }
}
