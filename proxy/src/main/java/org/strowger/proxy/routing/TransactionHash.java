package org.strowger.proxy.routing;

import java.util.Arrays;
import org.strowger.sip.SipMessage;
import org.strowger.sip.Span;
import org.strowger.sip.Via;
import org.strowger.threading.RunsOn;

/**
 * The repeatable function of RFC 3261 section 16.11: the same number for a request, its retransmissions, its CANCEL and
 * the ACK of its failure, so that they all get the same branch.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class TransactionHash {
    private final StableHash hash;
    private byte[] scratch = new byte[1024];

    TransactionHash(StableHash hash) {
        this.hash = hash;
    }

    /**
     * Of the branch and sent-by of the top Via if its branch has the magic cookie; else, for clients of RFC 2543, of
     * top Via, From tag, Call-ID, CSeq number and Request-URI. The To tag that section 16.11 adds is left out: the ACK
     * of a failure has one where its INVITE had none.
     */
    long of(SipMessage m) {
        Via via = m.topVia();
        byte[] b = m.bytes();
        int length = 0;
        if (via.hasMagicBranch(b)) {
            length = append(b, via.branch(), length);
            length = append(b, via.host(), length);
            return hash.hash(scratch, 0, appendNumber(via.port(), length));
        }
        length = append(b, via.value(), length);
        length = append(b, m.fromTag(), length);
        length = append(b, m.callId(), length);
        length = append(b, m.requestUriText(), length);
        return hash.hash(scratch, 0, appendNumber(m.cseqNumber(), length));
    }

    /** What a loop would find unchanged: the Request-URI and the first Route (RFC 3261 section 16.3 step 4). */
    int loopOf(SipMessage m, int routeStart, int routeEnd) {
        byte[] b = m.bytes();
        int length = append(b, m.requestUriText(), 0);
        if (routeStart >= 0) {
            length = append(b, routeStart, routeEnd, length);
        }
        return (int) hash.hash(scratch, 0, length);
    }

    private int append(byte[] b, Span span, int at) {
        return span.isPresent() ? append(b, span.start(), span.end(), at) : append(b, 0, 0, at);
    }

    /** Each part ends with a zero byte, so that no two lists of parts look alike. */
    private int append(byte[] b, int from, int to, int at) {
        int length = to - from;
        if (scratch.length < at + length + 16) {
            scratch = Arrays.copyOf(scratch, (at + length + 16) * 2);
        }
        System.arraycopy(b, from, scratch, at, length);
        scratch[at + length] = 0;
        return at + length + 1;
    }

    private int appendNumber(long number, int at) {
        for (int i = 0; i < 8; i++) {
            scratch[at + i] = (byte) (number >>> (8 * i));
        }
        return at + 8;
    }
}
