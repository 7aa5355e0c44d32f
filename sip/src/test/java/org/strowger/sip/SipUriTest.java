package org.strowger.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The parts of a URI (RFC 3261 section 19.1), at its edges. */
class SipUriTest {
    private final SipUri uri = new SipUri();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "sip:h                                | -                     | h              | -1    | -           | -",
                "SIPS:a@h                             | a                     | h              | -1    | -           | -",
                "sip:a:pass@h:5060                    | a                     | h              | 5060  | -           | -",
                "sip:a:@h                             | a                     | h              | -1    | -           | -",
                "sip:a@h:0                            | a                     | h              | 0     | -           | -",
                "sip:a@h:65535                        | a                     | h              | 65535 | -           | -",
                "sip:a@h:000005060                    | a                     | h              | 5060  | -           | -",
                "sip:a@[::1]                          | a                     | [::1]          | -1    | -           | -",
                "sip:[2001:db8::1]:5070;lr            | -                     | [2001:db8::1]  | 5070  | ;lr         | -",
                "sip:[::ffff:192.0.2.1]               | -                     | [::ffff:192.0.2.1] | -1 | -          | -",
                "sip:a;b=c@h;x=y                      | a;b=c                 | h              | -1    | ;x=y        | -",
                "sip:a?b=c@h?x=y                      | a?b=c                 | h              | -1    | -           | ?x=y",
                "sip:a@h;x=y?q=r&s=t                  | a                     | h              | -1    | ;x=y        | ?q=r&s=t",
                "sip:a@h?                             | a                     | h              | -1    | -           | ?",
                "sip:a@h;                             | a                     | h              | -1    | ;           | -",
                "sip:a@h;;x                           | a                     | h              | -1    | ;;x         | -",
                "sip:%61%00%40@h                      | %61%00%40             | h              | -1    | -           | -",
                "sip:+1-555(0)@h.                     | +1-555(0)             | h.             | -1    | -           | -",
                "sip:a@under_score                    | a                     | under_score    | -1    | -           | -",
                "sip:h;x=[::1]:5060                   | -                     | h              | -1    | ;x=[::1]:5060 | -",
            })
    void partsAreFound(String text, String user, String host, int port, String parameters, String headers) {
        assertThat(parse(text)).isTrue();
        assertThat(part(text, uri.user())).isEqualTo(user);
        assertThat(part(text, uri.host())).isEqualTo(host);
        assertThat(uri.port()).isEqualTo(port);
        assertThat(part(text, uri.parameters())).isEqualTo(parameters);
        assertThat(part(text, uri.headers())).isEqualTo(headers);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sip",
                ":h",
                "sip:",
                "sip:@h",
                "sip::pass@h",
                "sip:a@",
                "sip:a@b@h",
                "sip:a@h:",
                "sip:a@h:x",
                "sip:a@h:-1",
                "sip:a@h:65536",
                "sip:a@h:99999999999999999999",
                "sip:a@h:5060x",
                "sip:2001:db8::1",
                "sip:a@::1",
                "sip:a@[::1",
                "sip:a@[::1]x",
                "sip:a@[]",
                "sip:a@[x]",
                "sip:a@[fe80::1%eth0]",
                "sip:a@h b",
                "sip:a b@h",
                "sip:a@h; lr",
                "sip:a@h;x\u007f",
                "sip:a@h?x y",
                "sip:a@h;x=<y>",
                "sip:\"a\"@h",
                "<sip:a@h>",
                "sip:a@h/path",
                "si p:a@h",
                "tel:+1 555",
                "urn:a\tb",
            })
    void whatIsNoUriIsRefusedAndHasNoParts(String text) {
        assertThat(parse("sip:old@old:1;lr?x")).isTrue();
        assertThat(parse(text)).isFalse();
        assertThat(uri.user().isPresent()).isFalse();
        assertThat(uri.host().isPresent()).isFalse();
        assertThat(uri.parameters().isPresent()).isFalse();
        assertThat(uri.headers().isPresent()).isFalse();
        assertThat(uri.port()).isEqualTo(-1);
        assertThat(uri.isLooseRouting()).isFalse();
    }

    @Test
    void parametersAreFoundInAnyCaseAndNotInsideOthers() {
        String text = "sip:h;xlr;LR;Transport=TCP;maddr=192.0.2.9;transports=x;lrx";
        assertThat(parse(text)).isTrue();
        assertThat(uri.isLooseRouting()).isTrue();
        assertThat(part(text, uri.transport())).isEqualTo("TCP");
        assertThat(part(text, uri.maddr())).isEqualTo("192.0.2.9");
        parse("sip:lr@h;xlr;transport;maddr;x=lr");
        assertThat(uri.isLooseRouting()).isFalse();
        assertThat(uri.transport().isPresent()).isFalse();
        assertThat(uri.maddr().isPresent()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "sip:h, SIP",
        "SiPs:h, SIPS",
        "tel:+1, TEL",
        "TEL:+1;phone-context=x, TEL",
        "urn:service:sos, OTHER",
        "sipx:h, OTHER"
    })
    void theSchemeIsKnown(String text, SipUri.Scheme scheme) {
        assertThat(parse(text)).isTrue();
        assertThat(uri.scheme()).isEqualTo(scheme);
    }

    private boolean parse(String text) {
        byte[] padded = ("@:" + text + "@:5;?").getBytes(ISO_8859_1);
        return uri.parse(padded, 2, 2 + text.length());
    }

    private static @Nullable String part(String text, Span span) {
        return span.isPresent() ? text.substring(span.start() - 2, span.end() - 2) : null;
    }
}
