package org.strowger.proxy.forwarding;

import java.nio.charset.StandardCharsets;
import org.strowger.proxy.routing.Ingress;
import org.strowger.proxy.routing.Reply;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.routing.StableHash;
import org.strowger.sip.HeaderId;
import org.strowger.sip.IpPort;
import org.strowger.sip.IpText;
import org.strowger.sip.SipMessage;
import org.strowger.sip.Via;
import org.strowger.threading.RunsOn;

/**
 * Writes our own answer to a request (RFC 3261 section 8.2.6), without keeping anything of it: the To tag is a function
 * of the request, so a retransmission gets the same one (section 8.2.7).
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class ReplyComposer {
    private static final byte[] VERSION = ascii("SIP/2.0 ");
    private static final byte[] LINE_END = ascii("\r\n");
    private static final byte[] TO_TAG = ascii(";tag=");
    private static final byte[] RECEIVED = ascii(";received=");
    private static final byte[] UNSUPPORTED = ascii("Unsupported: ");
    private static final byte[] RETRY_AFTER = ascii("Retry-After: ");
    private static final byte[] REQUIRE = ascii("Require: ");
    private static final byte[] END = ascii("Content-Length: 0\r\n\r\n");
    /** Room for what is written besides copied header lines. */
    private static final int OVERHEAD = 512;

    private final StableHash hash;
    private final IpPort scratch = new IpPort();
    private final IpPort returnAddress = new IpPort();
    private byte[] out = new byte[0];
    private int at;

    public ReplyComposer(StableHash hash) {
        this.hash = hash;
    }

    /** Writes the answer to {@code target} from 0. Returns its length, or -1 when it does not fit. */
    public int compose(SipMessage m, Ingress in, Reply reply, byte[] target) {
        out = target;
        at = 0;
        if (m.bodyStart() - m.start() + reply.reason().length() + OVERHEAD > out.length) {
            return -1;
        }
        put(VERSION);
        at = IpText.writeNumber(reply.status(), out, at);
        out[at++] = ' ';
        put(reply.reason());
        put(LINE_END);
        vias(m, in);
        copyLine(m, HeaderId.FROM);
        to(m, reply.status());
        copyLine(m, HeaderId.CALL_ID);
        copyLine(m, HeaderId.CSEQ);
        if (reply.isUnsupported()) {
            unsupported(m);
        }
        if (reply.retryAfter() > 0) {
            put(RETRY_AFTER);
            at = IpText.writeNumber(reply.retryAfter(), out, at);
            put(LINE_END);
        }
        if (!reply.required().isEmpty()) {
            put(REQUIRE);
            put(reply.required());
            put(LINE_END);
        }
        put(END);
        return at;
    }

    /** Where the answer to a datagram goes. Reused by the next call. */
    IpPort returnAddress(SipMessage m, Ingress in, RoutingSnapshot s) {
        returnAddress.set(in.sender());
        if (m.isTopViaRead()) {
            returnAddress.setPort(ViaWriter.responsePort(m.topVia(), in, s));
        }
        return returnAddress;
    }

    /** All Via lines as they came; the first value gets received and rport. */
    private void vias(SipMessage m, Ingress in) {
        int first = m.first(HeaderId.VIA);
        Via via = m.topVia();
        for (int header = first; header >= 0; header = m.next(header)) {
            if (header == first && m.isTopViaRead()) {
                topVia(m, in, via, header);
            } else {
                put(m.bytes(), m.lineStart(header), m.lineEnd(header));
            }
        }
    }

    /** As in a forwarded request: what the client wrote into received or rport gives way to what we see. */
    private void topVia(SipMessage m, Ingress in, Via via, int header) {
        byte[] b = m.bytes();
        boolean written = via.received().isPresent();
        int from = m.lineStart(header);
        if (written && (!via.hasRport() || via.received().start() < via.rport().start())) {
            from = received(b, from, via, in);
            written = false;
        }
        if (via.hasRport()) {
            put(b, from, via.rport().start());
            if (via.rport().length() == 0) {
                out[at++] = '=';
            }
            at = IpText.writeNumber(in.source().port(), out, at);
            from = via.rport().end();
        }
        if (written) {
            from = received(b, from, via, in);
        } else if (!via.received().isPresent() && (via.hasRport() || !isSentBySource(b, via, in))) {
            put(b, from, via.value().end());
            put(RECEIVED);
            at = IpText.writeHost(in.source(), out, at, false);
            from = via.value().end();
        }
        put(b, from, m.lineEnd(header));
    }

    /** Returns where the text goes on. */
    private int received(byte[] b, int from, Via via, Ingress in) {
        put(b, from, via.received().start());
        at = IpText.writeHost(in.source(), out, at, false);
        return via.received().end();
    }

    private boolean isSentBySource(byte[] b, Via via, Ingress in) {
        return IpText.readHost(b, via.host().start(), via.host().end(), scratch) && scratch.sameAddress(in.source());
    }

    private void to(SipMessage m, int status) {
        int header = m.first(HeaderId.TO);
        if (header < 0) {
            return;
        }
        put(m.bytes(), m.lineStart(header), m.valueEnd(header));
        if (!m.toTag().isPresent() && status > 100) {
            put(TO_TAG);
            putHex(hash.hash(m.bytes(), m.lineStart(0), m.bodyStart()));
        }
        put(LINE_END);
    }

    private void unsupported(SipMessage m) {
        for (int header = m.first(HeaderId.PROXY_REQUIRE); header >= 0; header = m.next(header)) {
            put(UNSUPPORTED);
            put(m.bytes(), m.valueStart(header), m.valueEnd(header));
            put(LINE_END);
        }
    }

    private void copyLine(SipMessage m, HeaderId id) {
        int header = m.first(id);
        if (header >= 0) {
            put(m.bytes(), m.lineStart(header), m.lineEnd(header));
        }
    }

    private void putHex(long value) {
        for (int shift = 60; shift >= 0; shift -= 4) {
            int digit = (int) (value >>> shift) & 0xF;
            out[at++] = (byte) (digit < 10 ? '0' + digit : 'a' + digit - 10);
        }
    }

    private void put(String ascii) {
        for (int i = 0; i < ascii.length(); i++) {
            out[at++] = (byte) ascii.charAt(i);
        }
    }

    private void put(byte[] text) {
        put(text, 0, text.length);
    }

    private void put(byte[] source, int from, int to) {
        System.arraycopy(source, from, out, at, to - from);
        at += to - from;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
