package org.strowger.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses in From, To and the routing headers (RFC 3261 section 20.10), at their edges. */
class NameAddrTest {
    private final NameAddr address = new NameAddr();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            quoteCharacter = '~',
            value = {
                "sip:a@h                                   | sip:a@h       | -",
                "sip:a@h;tag=x                             | sip:a@h       | x",
                "sip:a@h ; tag = x                         | sip:a@h       | x",
                "<sip:a@h;tag=no>                          | sip:a@h;tag=no | -",
                "<sip:a@h>;TAG=x                           | sip:a@h       | x",
                "<sip:a;b,c?d@h>;tag=x                     | sip:a;b,c?d@h | x",
                "Alice<sip:a@h>                            | sip:a@h       | -",
                "Alice B. Smith  <sip:a@h>;x=y;tag=x       | sip:a@h       | x",
                "\"<sip:no@no>;tag=no, \\\"\" <sip:a@h>;tag=x | sip:a@h    | x",
                "\"\"<sip:a@h>                             | sip:a@h       | -",
                "\"\\\\\" <sip:a@h>                        | sip:a@h       | -",
                "<sip:a@h>;x=\"a;tag=no,b\";tag=x          | sip:a@h       | x",
                "<sip:a@h>;x;y=;tag=x                      | sip:a@h       | x",
                "<sip:a@h>;tag=                            | sip:a@h       | -",
                "<sip:a@h>;tag                             | sip:a@h       | -",
                "<sip:a@h>;xtag=no;tags=no                 | sip:a@h       | -",
                "< sip:a@h >;tag=x                         | sip:a@h       | x",
                "<sip:a@[::1]:5060>;tag=x                  | sip:a@[::1]:5060 | x",
                "<tel:+1-555;phone-context=h>;tag=x        | tel:+1-555;phone-context=h | x",
                "isbn:2983792873                           | isbn:2983792873 | -",
            })
    void uriAndTagAreFound(String text, String uri, @Nullable String tag) {
        assertThat(parse(text)).isTrue();
        assertThat(part(text, address.uri())).isEqualTo(uri);
        assertThat(part(text, address.tag())).isEqualTo(tag);
        assertThat(address.nextStart()).isEqualTo(-1);
        assertThat(address.end()).isEqualTo(text.length());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "<>",
                "< >",
                "<sip:a@h",
                "<sip:a@h;tag=x",
                "\"Alice <sip:a@h>",
                "\"Alice\\\" <sip:a@h>",
                "\"Alice\"",
                "\"Alice\" sip:a@h",
                "\"A\"B <sip:a@h>",
                "Alice sip:a@h",
                "A\"B\" <sip:a@h>",
                "A(B) <sip:a@h>",
                "<sip:a@h>x",
                "<sip:a@h> <sip:b@h>",
                "<sip:a@h>;",
                "<sip:a@h>;;tag=x",
                "<sip:a@h>;=x",
                "<sip:a@h>;x=\"y",
                "<sip:a@h>;x=\"y\"z",
                ";tag=x",
                ",<sip:a@h>",
                "sip:a;b@h",
            })
    void whatIsNoAddressIsRefused(String text) {
        assertThat(parse(text)).isFalse();
    }

    @Test
    void valuesOfOneLineFollowEachOther() {
        String text = "\"a, b\" <sip:a,x@h>;y=\"1,2\" ,\t<sip:b@h>";
        assertThat(parse(text)).isTrue();
        assertThat(text.substring(0, address.end())).isEqualTo("\"a, b\" <sip:a,x@h>;y=\"1,2\"");
        assertThat(text.substring(address.nextStart())).isEqualTo("<sip:b@h>");
    }

    @Test
    void bytesAbove127AreLetThroughInDisplayNames() {
        assertThat(parse("J\u00fcrgen <sip:a@h>")).isTrue();
        assertThat(parse("\"J\u00fcrgen\" <sip:a@h>")).isTrue();
    }

    private boolean parse(String text) {
        byte[] longer = (text + ";tag=outside>").getBytes(ISO_8859_1);
        return address.parse(longer, 0, text.length());
    }

    private static @Nullable String part(String text, Span span) {
        return span.isPresent() ? text.substring(span.start(), span.end()) : null;
    }
}
