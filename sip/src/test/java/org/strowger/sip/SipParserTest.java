package org.strowger.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the parser reads of a message, and what it refuses. */
class SipParserTest {
    private static final String INVITE = String.join(
            "\r\n",
            "INVITE sip:bob@biloxi.example.com;transport=tcp SIP/2.0",
            "Via: SIP/2.0/UDP pc33.atlanta.example.com:5066;branch=z9hG4bKnashds8;rport, SIP/2.0/TCP 10.0.0.1",
            "v: SIP / 2.0 / TLS  [2001:db8::9]:5061 ; branch = z9hG4bKx ;received=192.0.2.1",
            "Max-Forwards: 70",
            "t: Bob <sip:bob@biloxi.example.com>",
            "From: \"Alice, <x>\" <sips:alice@atlanta.example.com:5070;lr?a=b>;tag=1928301774",
            "Call-ID: a84b4c76e66710@pc33",
            "CSeq: 314159",
            "  INVITE",
            "X-Unknown : folded",
            "\tvalue",
            "Content-Length: 4",
            "",
            "v=0\n");

    private final SipMessage message = new SipMessage(64);
    private final SipParser parser = new SipParser();

    @Test
    void partsOfARequestAreFound() {
        assertThat(parse(INVITE)).isEqualTo(ParseFailure.NONE);

        assertThat(message.method()).isEqualTo(Method.INVITE);
        assertThat(text(message.requestUri().user())).isEqualTo("bob");
        assertThat(text(message.requestUri().host())).isEqualTo("biloxi.example.com");
        assertThat(text(message.requestUri().transport())).isEqualTo("tcp");
        assertThat(text(message.topVia().host())).isEqualTo("pc33.atlanta.example.com");
        assertThat(message.topVia().port()).isEqualTo(5066);
        assertThat(text(message.topVia().branch())).isEqualTo("z9hG4bKnashds8");
        assertThat(message.topVia().hasRport()).isTrue();
        assertThat(message.maxForwards()).isEqualTo(70);
        assertThat(text(message.fromTag())).isEqualTo("1928301774");
        assertThat(message.toTag().isPresent()).isFalse();
        assertThat(message.fromUri().scheme()).isEqualTo(SipUri.Scheme.SIPS);
        assertThat(message.fromUri().port()).isEqualTo(5070);
        assertThat(message.fromUri().isLooseRouting()).isTrue();
        assertThat(text(message.callId())).isEqualTo("a84b4c76e66710@pc33");
        assertThat(message.cseqNumber()).isEqualTo(314159);
        assertThat(message.cseqMethod()).isEqualTo(Method.INVITE);
        assertThat(message.end() - message.bodyStart()).isEqualTo(4);
        assertThat(message.headerCount()).isEqualTo(9);
    }

    @Test
    void viasAreWalkedAcrossCommasLinesAndCompactForms() {
        parse(INVITE);
        Via via = new Via();
        assertThat(message.firstVia(via)).isTrue();
        assertThat(message.nextVia(via)).isTrue();
        assertThat(text(via.value())).isEqualTo("SIP/2.0/TCP 10.0.0.1");
        assertThat(message.nextVia(via)).isTrue();
        assertThat(text(via.host())).isEqualTo("[2001:db8::9]");
        assertThat(text(via.branch())).isEqualTo("z9hG4bKx");
        assertThat(text(via.received())).isEqualTo("192.0.2.1");
        assertThat(message.nextVia(via)).isFalse();
    }

    @Test
    void everyTruncationAndEveryFlippedByteIsReadWithoutAnException() {
        byte[] bytes = INVITE.getBytes(ISO_8859_1);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(bytes, length);
            assertThat(parser.parse(cut, 0, length, message)).isNotEqualTo(ParseFailure.NONE);
        }
        for (int at = 0; at < bytes.length; at++) {
            for (int value : new int[] {0, 10, 13, 32, 34, 44, 58, 59, 60, 62, 92, 255}) {
                byte[] changed = bytes.clone();
                changed[at] = (byte) value;
                parser.parse(changed, 0, changed.length, message);
                message.fromUri();
                message.toUri();
            }
        }
    }

    @Test
    void anotherContentLengthIsRefused() {
        assertThat(parse(INVITE.replace("X-Unknown : folded", "l: 3\r\nX: y")))
                .isEqualTo(ParseFailure.BAD_CONTENT_LENGTH);
        assertThat(parse(INVITE.replace("Length: 4", "Length: 5"))).isEqualTo(ParseFailure.BODY_TOO_SHORT);
        assertThat(parse(INVITE.replace("Length: 4", "Length: -1"))).isEqualTo(ParseFailure.BAD_CONTENT_LENGTH);
    }

    @Test
    void bareLineFeedsAreRefused() {
        assertThat(parse(INVITE.replace("Max-Forwards: 70\r\n", "Max-Forwards: 70\n")))
                .isEqualTo(ParseFailure.BAD_LINE_END);
    }

    @Test
    void aCarriageReturnInsideALineIsRefused() {
        assertThat(parse(INVITE.replace("70\r\n", "70\rX: y\r\n"))).isEqualTo(ParseFailure.BAD_LINE_END);
        assertThat(parse(INVITE.replace("70\r\n", "70\r\r\n"))).isEqualTo(ParseFailure.BAD_LINE_END);
        assertThat(parse(INVITE.replace("\tvalue", "\tval\rue"))).isEqualTo(ParseFailure.BAD_LINE_END);
        assertThat(parse(INVITE.replace("SIP/2.0\r\nVia", "SIP/2.0\r\r\nVia")))
                .isEqualTo(ParseFailure.BAD_REQUEST_LINE);
        assertThat(parse(INVITE.replace("v=0\n", "\r\n\n\r"))).isEqualTo(ParseFailure.NONE);
    }

    @Test
    void aStatusLineEndsLikeAnyOther() {
        String response = INVITE.replaceFirst(".*\r\n", "SIP/2.0 200 OK\r\n");
        assertThat(parse(response)).isEqualTo(ParseFailure.NONE);
        assertThat(parse(response.replaceFirst("\r\n", "\n"))).isEqualTo(ParseFailure.BAD_LINE_END);
        assertThat(parse(response.replaceFirst("OK", "O\rK"))).isEqualTo(ParseFailure.BAD_LINE_END);
    }

    @Test
    void lineEndsAreFoundAtEveryOffset() {
        for (char end : new char[] {'\r', '\n'}) {
            for (int at = 0; at < 24; at++) {
                byte[] bytes =
                        "\t\u00ff\0\u000b\u000e x".repeat(4).substring(0, 24).getBytes(ISO_8859_1);
                bytes[at] = (byte) end;
                for (int from = 0; from <= at; from++) {
                    assertThat(Ascii.indexOfLineEnd(bytes, from, 24)).isEqualTo(at);
                    assertThat(Ascii.indexOfLineEnd(bytes, from, at)).isEqualTo(at);
                }
            }
        }
    }

    @Test
    void nothingOfTheMessageBeforeIsLeft() {
        for (String refused : new String[] {"", "x", "SIP/2.0 20 OK\r\n\r\n", "INVITE sip:a@b SIP/7.0\r\n\r\n"}) {
            parse(INVITE);
            parse(refused);
            assertThat(message.fromUri().host().isPresent()).isFalse();
            assertThat(message.toUri().host().isPresent()).isFalse();
            assertThat(message.requestUri().host().isPresent()).isFalse();
            assertThat(message.topVia().host().isPresent()).isFalse();
            assertThat(message.fromTag().isPresent()).isFalse();
            assertThat(message.callId().isPresent()).isFalse();
        }
    }

    @Test
    void aTagWithoutAValueIsNone() {
        parse(INVITE.replace("<sip:bob@biloxi.example.com>", "<sip:bob@biloxi.example.com>;tag="));
        assertThat(message.toTag().isPresent()).isFalse();
    }

    @Test
    void noTwoMethodsShareASlot() {
        for (Method method : Method.values()) {
            byte[] name = method.name().getBytes(ISO_8859_1);
            assertThat(Method.of(name, 0, name.length)).isEqualTo(method);
        }
        assertThat(Method.of("invite".getBytes(ISO_8859_1), 0, 6)).isEqualTo(Method.OTHER);
    }

    private ParseFailure parse(String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        return parser.parse(bytes, 0, bytes.length, message);
    }

    private String text(Span span) {
        return new String(message.bytes(), span.start(), span.length(), ISO_8859_1);
    }
}
