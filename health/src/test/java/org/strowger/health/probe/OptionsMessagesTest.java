package org.strowger.health.probe;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.text.ParseException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.strowger.health.ProbeVerdict;
import org.strowger.sip.Method;
import org.strowger.sip.ParseFailure;
import org.strowger.sip.SipMessage;
import org.strowger.sip.SipParser;
import org.strowger.sip.Transport;

class OptionsMessagesTest {
    private static final long TOKEN = 0xfedc_ba98_7654_3210L;

    private final OptionsMessages messages = new OptionsMessages();

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "2001:db8::1"})
    void theRequestIsOneThatOurOwnParserTakes(String host) {
        byte[] request = request(Transport.UDP, host);
        SipMessage message = new SipMessage(32);
        assertThat(new SipParser().parse(request, 0, request.length, message)).isEqualTo(ParseFailure.NONE);
        assertThat(message.method()).isEqualTo(Method.OPTIONS);
        assertThat(message.requestUri().port()).isEqualTo(5070);
        assertThat(message.topVia().port()).isEqualTo(40_000);
        assertThat(message.maxForwards()).isEqualTo(70);
        assertThat(message.contentLength()).isZero();
    }

    @Test
    void theRequestLooksLikeThis() {
        assertThat(new String(request(Transport.TCP, "127.0.0.1"), US_ASCII))
                .startsWith("OPTIONS sip:127.0.0.1:5070;transport=tcp SIP/2.0\r\n")
                .contains("Via: SIP/2.0/TCP 127.0.0.1:40000;branch=z9hG4bKfedcba9876543210\r\n")
                .contains("From: <sip:probe@127.0.0.1>;tag=fedcba9876543210\r\n")
                .contains("Call-ID: fedcba9876543210@127.0.0.1\r\n")
                .contains("CSeq: 1 OPTIONS\r\n")
                .endsWith("\r\n\r\n")
                .doesNotContain(OptionsMessages.PLACEHOLDER);
    }

    @Test
    void aTokenIsWrittenOverTheOneBefore() {
        byte[] template = template(Transport.UDP, "127.0.0.1");
        int[] places = OptionsMessages.places(template);
        assertThat(places).hasSize(3);
        OptionsMessages.stamp(template, places, TOKEN);
        OptionsMessages.stamp(template, places, 1);
        assertThat(new String(template, US_ASCII))
                .contains("z9hG4bK0000000000000001")
                .doesNotContain("fedcba98");
    }

    @ParameterizedTest
    @CsvSource({
        "200 OK, PASSED",
        "302 Moved Temporarily, PASSED",
        "401 Unauthorized, PASSED",
        "404 Not Found, PASSED",
        "405 Method Not Allowed, PASSED",
        "408 Request Timeout, FAILED",
        "500 Server Internal Error, FAILED",
        "503 Service Unavailable, FAILED",
        "503 Down for Maintenance, MAINTENANCE",
        "500 Maintenance, FAILED",
        "603 Decline, FAILED"
    })
    void theStatusIsTheVerdict(String status, ProbeVerdict verdict) throws ParseException {
        assertThat(verdict(response(status, TOKEN, ""))).contains(verdict);
    }

    @Test
    void theReasonHeaderMaySpeakOfMaintenance() throws ParseException {
        String reason = "Reason: SIP;cause=503;text=\"Scheduled maintenance\"\r\n";
        assertThat(verdict(response("503 Service Unavailable", TOKEN, reason))).contains(ProbeVerdict.MAINTENANCE);
        assertThat(read(response("503 Service Unavailable", TOKEN, reason))
                        .orElseThrow()
                        .shown())
                .isEqualTo("503 Service Unavailable (Reason: Scheduled maintenance)");
    }

    @Test
    void theLoadThatTheBackendReportsIsRead() throws ParseException {
        assertThat(read(response("200 OK", TOKEN, "X-Strowger-Load: 0.25; calls=4\r\n"))
                        .orElseThrow()
                        .load())
                .contains(new ReportedLoad(ReportedLoad.Form.HEADER, "0.25; calls=4"));
        assertThat(read(response("200 OK", TOKEN, "")).orElseThrow().load()).isEmpty();
    }

    @Test
    void onlyWhatIsLookedAtIsParsed() throws ParseException {
        byte[] answer = new String(
                        response("200 OK", TOKEN, "Allow: \u0001garbage\r\nreason : SIP\r\n ;text=\"x\"\r\n"), US_ASCII)
                .replace("Via:", "v:")
                .replace("From:", "Via: SIP/2.0/UDP 10.0.0.1;branch=other\r\nFrom:")
                .getBytes(US_ASCII);
        assertThat(new String(Essence.of(answer), US_ASCII))
                .startsWith("SIP/2.0 200 OK\r\nv: SIP/2.0/UDP 127.0.0.1")
                .contains("CSeq: 1 OPTIONS\r\n", "reason : SIP\r\n ;text=\"x\"\r\n")
                .doesNotContain("From", "Allow", "10.0.0.1")
                .endsWith("\r\n\r\n");
        assertThat(read(answer).orElseThrow().reason()).isEqualTo("x");
    }

    @Test
    void whatIsNoFinalAnswerToTheQuestionIsNone() throws ParseException {
        assertThat(read(response("100 Trying", TOKEN, ""))).isEmpty();
        assertThat(read(response("200 OK", TOKEN + 1, ""))).isEmpty();
        assertThat(read(request(Transport.UDP, "127.0.0.1"))).isEmpty();
        assertThat(read(new String(response("200 OK", TOKEN, ""), US_ASCII)
                        .replace("1 OPTIONS", "1 INVITE")
                        .getBytes(US_ASCII)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello", "SIP/2.0 abc\r\n\r\n", "SIP/2.0 200 OK\r\nVia: x\r\n\r\n", "\u0000\u0001\u0002"})
    void garbageIsNoAnswerAndNoAccident(String garbage) {
        try {
            assertThat(read(garbage.getBytes(US_ASCII))).isEmpty();
        } catch (ParseException e) {
            assertThat(e).hasMessageNotContaining("\r");
        }
    }

    @Test
    void aBrokenStatusLineIsNamed() {
        assertThatThrownBy(() -> read("SIP/2.0 abc OK\r\nVia: x\r\n\r\n".getBytes(US_ASCII)))
                .isInstanceOf(ParseException.class);
    }

    @Test
    void whatABackendWritesIsShownOnOneShortLine() {
        assertThat(ProbeAnswer.shown("a\r\nb")).isEqualTo("a  b");
        assertThat(ProbeAnswer.shown("x".repeat(1000))).hasSizeLessThan(80);
    }

    private Optional<ProbeVerdict> verdict(byte[] bytes) throws ParseException {
        return read(bytes).map(answer -> answer.verdict(ExpectedCodes.SIP_DEFAULT));
    }

    private Optional<ProbeAnswer> read(byte[] bytes) throws ParseException {
        return messages.read(bytes, TOKEN);
    }

    private byte[] request(Transport transport, String host) {
        byte[] request = template(transport, host);
        OptionsMessages.stamp(request, OptionsMessages.places(request), TOKEN);
        return request;
    }

    private byte[] template(Transport transport, String host) {
        return messages.template(transport, new InetSocketAddress(host, 40_000), new InetSocketAddress(host, 5070));
    }

    private static byte[] response(String status, long token, String more) {
        return ("SIP/2.0 " + status + "\r\n"
                        + "Via: SIP/2.0/UDP 127.0.0.1:40000;branch=" + OptionsMessages.branch(token)
                        + ";rport=40000\r\n"
                        + "From: <sip:probe@127.0.0.1>;tag=1\r\nTo: <sip:127.0.0.1:5070>;tag=2\r\n"
                        + "Call-ID: 1@127.0.0.1\r\nCSeq: 1 OPTIONS\r\n" + more + "Content-Length: 0\r\n\r\n")
                .getBytes(US_ASCII);
    }
}
