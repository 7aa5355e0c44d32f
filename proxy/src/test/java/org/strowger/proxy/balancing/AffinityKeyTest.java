package org.strowger.proxy.balancing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.strowger.sip.IpPort;
import org.strowger.sip.ParseFailure;
import org.strowger.sip.SipMessage;
import org.strowger.sip.SipParser;

/** Which bytes of a message decide. */
class AffinityKeyTest {
    private final SipMessage message = new SipMessage(32);
    private final AffinityKey key =
            new AffinityKey((bytes, from, to) -> Arrays.hashCode(Arrays.copyOfRange(bytes, from, to)));
    private final IpPort source = IpPort.of(new InetSocketAddress("192.0.2.1", 5060));

    private long of(String policy) {
        return key.of(BalancingPolicy.of(policy), message, source);
    }

    private static long hash(String text) {
        return Arrays.hashCode(text.getBytes(ISO_8859_1));
    }

    private void parse(String startLine, String to, String... headers) {
        String text = startLine + " SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: "
                + to + "\r\nCall-ID: x@y\r\nCSeq: 1 " + startLine.substring(0, startLine.indexOf(' ')) + "\r\n"
                + String.join("\r\n", headers) + (headers.length > 0 ? "\r\n\r\n" : "\r\n");
        byte[] bytes = text.getBytes(ISO_8859_1);
        assertThat(new SipParser().parse(bytes, 0, bytes.length, message)).isEqualTo(ParseFailure.NONE);
    }

    @Test
    void callIdIsTheWholeValue() {
        parse("INVITE sip:bob@example.com", "<sip:bob@example.com>");
        assertThat(of("call-id")).isEqualTo(hash("x@y")).isEqualTo(key.ofCallId(message));
        assertThat(of("round-robin")).isEqualTo(hash("x@y"));
    }

    @Test
    void sourceIpIgnoresThePort() {
        parse("INVITE sip:bob@example.com", "<sip:bob@example.com>");
        long first = of("source-ip");
        source.setPort(6000);
        assertThat(of("source-ip")).isEqualTo(first);
        source.setIpv4(0x0A000001, 6000);
        assertThat(of("source-ip")).isNotEqualTo(first);
    }

    @Test
    void aRegistrationAndACallToItsUserMeet() {
        parse("REGISTER sip:example.com", "\"Bob\" <sip:bob@example.com>");
        assertThat(of("user")).isEqualTo(hash("bob"));
        parse("INVITE sip:b%6Fb@example.com", "<sip:other@example.com>");
        assertThat(of("user")).isEqualTo(hash("bob"));
        parse("INVITE tel:+4930;ext=1", "<sip:other@example.com>");
        assertThat(of("user")).isEqualTo(hash("+4930"));
    }

    @Test
    void headersAreFoundInAnyCaseAndForm() {
        parse("INVITE sip:bob@example.com", "<sip:b@c>", "X-Other: no", "x-tenant:  acme ", "s: hello");
        assertThat(of("header:X-Tenant")).isEqualTo(hash("acme"));
        assertThat(of("header:Subject")).isEqualTo(hash("hello"));
        assertThat(of("header: s")).isEqualTo(hash("hello"));
    }

    @Test
    void whatIsMissingIsReplacedByTheCallId() {
        parse("OPTIONS sip:example.com", "<sip:example.com>");
        assertThat(of("user")).isEqualTo(hash("x@y"));
        assertThat(of("header:X-Tenant")).isEqualTo(hash("x@y"));
    }

    @Test
    void anUnknownPolicyIsRefused() {
        assertThatThrownBy(() -> BalancingPolicy.of("random"))
                .hasMessage(
                        "balance: random (expected: round-robin, call-id, source-ip, user, header:<Name>, least-calls, "
                                + "least-requests, latency or reported-load)");
        assertThatThrownBy(() -> BalancingPolicy.of("header:")).hasMessage("header:  (expected: a header name)");
    }

    @Test
    void namesOfOneHeaderAreEqual() {
        assertThat(new HeaderName("Subject")).isEqualTo(new HeaderName("s")).hasSameHashCodeAs(new HeaderName("S"));
        assertThat(new HeaderName("X-A")).isEqualTo(new HeaderName("x-a")).hasSameHashCodeAs(new HeaderName("x-a"));
        assertThat(new HeaderName("X-A")).isNotEqualTo(new HeaderName("X-B"));
        assertThat(BalancingPolicy.of("header:s")).isEqualTo(BalancingPolicy.of("header:Subject"));
    }
}
