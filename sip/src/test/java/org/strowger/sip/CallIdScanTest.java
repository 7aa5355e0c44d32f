package org.strowger.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scan agrees with the parser on every message that the parser accepts. */
class CallIdScanTest {
    private static final String OPTIONS = String.join(
            "\r\n",
            "OPTIONS sip:bob@biloxi.example.com SIP/2.0",
            "Via: SIP/2.0/UDP pc33.atlanta.example.com;branch=z9hG4bKnashds8",
            "Contact: <sip:c@d>",
            "X-Folded: Subject",
            " Call-ID: of nobody",
            "Call-Info: <sip:x@y>",
            "Info: none",
            "In-Reply-To: other@pc33",
            "Max-Forwards: 70",
            "To: Bob <sip:bob@biloxi.example.com>",
            "From: Alice <sip:alice@atlanta.example.com>;tag=1928301774",
            "CSeq: 7 OPTIONS",
            "%s",
            "Content-Length: 20",
            "",
            "Call-ID: in-the-body");

    private final CallIdScan scan = new CallIdScan();
    private final SipMessage message = new SipMessage(64);
    private final SipParser parser = new SipParser();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Call-ID: a84b4c76e66710@pc33",
                "call-id:a84b4c76e66710@pc33",
                "CALL-ID \t:  a84b4c76e66710@pc33 \t",
                "i: a84b4c76e66710@pc33",
                "I\t:a84b4c76e66710@pc33",
                "Call-ID:\r\n a84b4c76e66710@pc33",
                "i:\r\n\t\r\n a84b4c76e66710@pc33\r\n ",
            })
    void everyFormIsFound(String header) {
        assertThat(agreed(OPTIONS.formatted(header))).isEqualTo("a84b4c76e66710@pc33");
    }

    @Test
    void lineEndsBeforeTheMessageDoNotHideIt() {
        assertThat(agreed("\r\n\r\n" + OPTIONS.formatted("Call-ID: x"))).isEqualTo("x");
        assertThat(CallIdScan.isResponse(bytes("\r\n\r\nSIP/2.0 200 OK\r\n"), 0, 20))
                .isTrue();
    }

    @Test
    void withoutACallIdThereIsNone() {
        for (String header : new String[] {"Call-IDs: x", "Call-I: x", "ii: x", "i x", "Call-ID:", "Call-ID: \r\n "}) {
            byte[] bytes = bytes(OPTIONS.formatted(header));
            assertThat(scan.find(bytes, 0, bytes.length)).as(header).isFalse();
        }
    }

    @Test
    void responsesAreToldFromRequests() {
        assertThat(isResponse("SIP/2.0 200 OK\r\n")).isTrue();
        assertThat(isResponse("sip/2.0 200 OK\r\n")).isTrue();
        assertThat(isResponse("SIPPING sip:a@b SIP/2.0\r\n")).isFalse();
        assertThat(isResponse("SUBSCRIBE sip:a@b SIP/2.0\r\n")).isFalse();
        assertThat(isResponse("SIP")).isFalse();
        assertThat(isResponse("")).isFalse();
    }

    @Test
    void itNeverReadsBeyondTheMessage() {
        byte[] bytes = bytes(OPTIONS.formatted("Call-ID:\r\n x"));
        for (int length = 0; length <= bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            boolean found = scan.find(cut, 0, length);
            assertThat(found && scan.callId().end() > length).isFalse();
            CallIdScan.isResponse(cut, 0, length);
        }
    }

    @Test
    void whateverByteIsChangedItAgreesWithTheParser() {
        byte[] bytes = bytes(OPTIONS.formatted("Call-ID: abc@d"));
        for (int at = 0; at < bytes.length; at++) {
            for (int value : new int[] {0, 9, 10, 13, 32, 58, 99, 105, 255}) {
                byte[] changed = bytes.clone();
                changed[at] = (byte) value;
                if (parser.parse(changed, 0, changed.length, message) == ParseFailure.NONE) {
                    assertThat(agreed(new String(changed, ISO_8859_1))).isNotEmpty();
                }
            }
        }
    }

    private String agreed(String text) {
        byte[] bytes = bytes("***" + text);
        assertThat(parser.parse(bytes, 3, bytes.length, message)).isEqualTo(ParseFailure.NONE);
        assertThat(CallIdScan.isResponse(bytes, 3, bytes.length)).isEqualTo(!message.isRequest());
        assertThat(scan.find(bytes, 3, bytes.length)).isTrue();
        assertThat(scan.method()).isEqualTo(message.method());
        assertThat(text(bytes, scan.callId())).isEqualTo(text(bytes, message.callId()));
        return text(bytes, scan.callId());
    }

    private static boolean isResponse(String text) {
        byte[] bytes = bytes(text);
        return CallIdScan.isResponse(bytes, 0, bytes.length);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    private static String text(byte[] bytes, Span span) {
        return new String(bytes, span.start(), span.length(), ISO_8859_1);
    }
}
