package org.strowger.proxy.calls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.strowger.sip.ParseFailure;
import org.strowger.sip.SipMessage;
import org.strowger.sip.SipParser;

/** Messages of calls, parsed into one reused object. */
final class Messages {
    private final SipParser parser = new SipParser();
    private final SipMessage message = new SipMessage(32);

    /** A request of a call; in a dialog, it has a To tag. */
    SipMessage request(String method, int call, int cseq, boolean inDialog, String... lines) {
        return parse(method + " sip:bob@example.com SIP/2.0\r\n", call, cseq + " " + method, inDialog, lines);
    }

    /** A response to a request of a call. */
    SipMessage response(int status, int call, int cseq, String method, String... lines) {
        return parse("SIP/2.0 " + status + " X\r\n", call, cseq + " " + method, status > 100, lines);
    }

    private SipMessage parse(String first, int call, String cseq, boolean toTag, String... lines) {
        StringBuilder text = new StringBuilder(first)
                .append("Via: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:b@h>")
                .append(toTag ? ";tag=2" : "")
                .append("\r\nCall-ID: ")
                .append(call)
                .append("@h\r\nCSeq: ")
                .append(cseq)
                .append("\r\n");
        for (String line : lines) {
            text.append(line).append("\r\n");
        }
        byte[] bytes = text.append("\r\n").toString().getBytes(US_ASCII);
        if (parser.parse(bytes, 0, bytes.length, message) != ParseFailure.NONE) {
            throw new IllegalArgumentException(text.toString());
        }
        return message;
    }
}
