package org.strowger.proxy.proxyprotocol;

import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/**
 * The same for datagrams: those of named senders have to begin with a header of version 2 each, as the specification has it
 * for UDP ("the header and the payload MUST be sent in the same datagram", and each is read for itself). One per listener and
 * event loop.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class DatagramGate {
    /** No payload: the datagram is to be dropped, and has been counted. */
    public static final int DROPPED = -1;

    private final ProxyProtocolGate.Terms terms;
    private final ProxyProtocolGate.Counts counts;
    private final ProxyHeaderDecoder decoder = new ProxyHeaderDecoder();
    private final ProxyHeader header = new ProxyHeader();
    private IpPort source = header.source();

    public DatagramGate(ProxyProtocolGate.Terms terms, ProxyProtocolGate.Counts counts) {
        this.terms = terms;
        this.counts = counts;
    }

    /** Where the payload of a datagram from {@code sender} begins, or {@link #DROPPED}. Then {@link #source} is whose it is. */
    public int pass(byte[] bytes, int from, int to, IpPort sender) {
        source = sender;
        if (!terms.from().test(sender)) {
            if (terms.othersAllowed()) {
                return from;
            }
            counts.stranger();
            return DROPPED;
        }
        HeaderVerdict verdict = decoder.decode(bytes, from, to, header);
        if (verdict == HeaderVerdict.COMPLETE && header.version() == 1) {
            verdict = HeaderVerdict.UNKNOWN_FORM;
        }
        if (verdict != HeaderVerdict.COMPLETE) {
            counts.refused(verdict);
            return DROPPED;
        }
        counts.accepted(header);
        if (header.hasAddresses()) {
            source = header.source();
        }
        return from + header.length();
    }

    /** Whose the last payload is: as given, else its sender. Valid until the next datagram. */
    public IpPort source() {
        return source;
    }
}
