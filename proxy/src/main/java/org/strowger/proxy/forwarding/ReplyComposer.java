package org.strowger.proxy.forwarding;

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
    private static final byte[] VERSION = MessageText.ascii("SIP/2.0 ");
    private static final byte[] TO_TAG = MessageText.ascii(";tag=");
    private static final byte[] RECEIVED = MessageText.ascii(";received=");
    private static final byte[] UNSUPPORTED = MessageText.ascii("Unsupported: ");
    private static final byte[] RETRY_AFTER = MessageText.ascii("Retry-After: ");
    private static final byte[] REQUIRE = MessageText.ascii("Require: ");
    /** Of us in front of our backends: all methods pass, and bodies are none of our business. */
    private static final byte[] CAPABILITIES = MessageText.ascii("""
            Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, REGISTER, PRACK, SUBSCRIBE, NOTIFY, PUBLISH, INFO, REFER, MESSAGE, UPDATE
            Accept: */*
            Accept-Encoding: identity
            Accept-Language: en
            Supported: path
            """.replace("\n", "\r\n"));

    private final StableHash hash;
    private final IpPort scratch = new IpPort();
    private final IpPort returnAddress = new IpPort();
    private final MessageText text = new MessageText();

    public ReplyComposer(StableHash hash) {
        this.hash = hash;
    }

    /** Writes the answer to {@code target} from 0. Returns its length, or -1 when it does not fit. */
    public int compose(SipMessage m, Ingress in, Reply reply, byte[] target) {
        text.begin(target);
        if (m.bodyStart() - m.start() + reply.reason().length() + MessageText.OVERHEAD > target.length) {
            return -1;
        }
        text.put(VERSION);
        text.putNumber(reply.status());
        text.put(' ');
        text.put(reply.reason());
        text.put(MessageText.LINE_END);
        vias(m, in);
        text.copyLine(m, HeaderId.FROM);
        to(m, reply.status());
        text.copyLine(m, HeaderId.CALL_ID);
        text.copyLine(m, HeaderId.CSEQ);
        if (reply.isUnsupported()) {
            unsupported(m);
        }
        if (reply.hasCapabilities()) {
            text.put(CAPABILITIES);
        }
        if (reply.retryAfter() > 0) {
            text.put(RETRY_AFTER);
            text.putNumber(reply.retryAfter());
            text.put(MessageText.LINE_END);
        }
        if (!reply.required().isEmpty()) {
            text.put(REQUIRE);
            text.put(reply.required());
            text.put(MessageText.LINE_END);
        }
        text.put(MessageText.END);
        return text.at();
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
                text.put(m.bytes(), m.lineStart(header), m.lineEnd(header));
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
            text.put(b, from, via.rport().start());
            if (via.rport().length() == 0) {
                text.put('=');
            }
            text.putNumber(in.source().port());
            from = via.rport().end();
        }
        if (written) {
            from = received(b, from, via, in);
        } else if (!via.received().isPresent() && (via.hasRport() || !isSentBySource(b, via, in))) {
            text.put(b, from, via.value().end());
            text.put(RECEIVED);
            text.at(IpText.writeHost(in.source(), text.out(), text.at(), false));
            from = via.value().end();
        }
        text.put(b, from, m.lineEnd(header));
    }

    /** Returns where the text goes on. */
    private int received(byte[] b, int from, Via via, Ingress in) {
        text.put(b, from, via.received().start());
        text.at(IpText.writeHost(in.source(), text.out(), text.at(), false));
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
        text.put(m.bytes(), m.lineStart(header), m.valueEnd(header));
        if (!m.toTag().isPresent() && status > 100) {
            text.put(TO_TAG);
            putHex(hash.hash(m.bytes(), m.lineStart(0), m.bodyStart()));
        }
        text.put(MessageText.LINE_END);
    }

    private void unsupported(SipMessage m) {
        for (int header = m.first(HeaderId.PROXY_REQUIRE); header >= 0; header = m.next(header)) {
            text.put(UNSUPPORTED);
            text.put(m.bytes(), m.valueStart(header), m.valueEnd(header));
            text.put(MessageText.LINE_END);
        }
    }

    private void putHex(long value) {
        for (int shift = 60; shift >= 0; shift -= 4) {
            int digit = (int) (value >>> shift) & 0xF;
            text.put((char) (digit < 10 ? '0' + digit : 'a' + digit - 10));
        }
    }
}
