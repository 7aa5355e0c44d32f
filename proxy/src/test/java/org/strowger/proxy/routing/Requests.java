package org.strowger.proxy.routing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.strowger.sip.ParseFailure;
import org.strowger.sip.SipMessage;
import org.strowger.sip.SipParser;

/**
 * A request as its parts, for rules to look at.
 *
 * @param headers whole lines
 */
record Requests(String method, String uri, String from, String to, List<String> headers) {

    /** From alice to bob, without further headers. */
    static Requests of(String method, String uri) {
        return new Requests(method, uri, "sip:alice@example.com", "sip:bob@example.com", List.of());
    }

    Requests with(String... lines) {
        return new Requests(method, uri, from, to, List.of(lines));
    }

    SipMessage parse() {
        StringBuilder text = new StringBuilder(method + " " + uri + " SIP/2.0\r\n"
                + "Via: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <" + from + ">;tag=1\r\nTo: <" + to + ">\r\n"
                + "Call-ID: x@y\r\nCSeq: 1 " + method + "\r\n");
        headers.forEach(line -> text.append(line).append("\r\n"));
        byte[] bytes = text.append("\r\n").toString().getBytes(UTF_8);
        SipMessage message = new SipMessage(32);
        assertThat(new SipParser().parse(bytes, 0, bytes.length, message)).isEqualTo(ParseFailure.NONE);
        return message;
    }
}
