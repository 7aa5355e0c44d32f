package org.strowger.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One Via value (RFC 3261 section 20.42, RFC 3581), at its edges. */
class ViaTest {
    private final Via via = new Via();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            quoteCharacter = '~',
            value = {
                "SIP/2.0/UDP h                                   | UDP   | h       | -1    | -       | -            | -",
                "sip/2.0/tls h:5061;branch=z9hG4bK1              | tls   | h       | 5061  | z9hG4bK1 | -           | -",
                "SIP/2.0/UDP [::1];BRANCH=x                      | UDP   | [::1]   | -1    | x       | -            | -",
                "SIP/2.0/UDP [2001:db8::1]:5070;received=[::1]   | UDP   | [2001:db8::1] | 5070 | - | [::1]        | -",
                "SIP/2.0/UDP h;received=2001:db8::9:255;branch=x | UDP   | h       | -1    | x       | 2001:db8::9:255 | -",
                "SIP/2.0/UDP h:0;maddr=224.2.0.1;ttl=1           | UDP   | h       | 0     | -       | -            | 224.2.0.1",
                "SIP/2.0/UDP h:65535 ; branch = x                | UDP   | h       | 65535 | x       | -            | -",
                "SIP/2.0/UDP h : 5060 ;branch=x                  | UDP   | h       | 5060  | x       | -            | -",
                "SIP / 2.0 / TCP   h;branch=x;y                  | TCP   | h       | -1    | x       | -            | -",
                "SIP/2.0/X-New.1 h;a=\"b;c,branch=no\";branch=x  | X-New.1 | h     | -1    | x       | -            | -",
                "SIP/2.0/UDP h;a=\"\\\"\";branch=x               | UDP   | h       | -1    | x       | -            | -",
                "SIP/2.0/UDP under_score;xbranch=no;branchx=no   | UDP   | under_score | -1 | -      | -            | -",
                "SIP/2.0/UDP h;a=;branch=x                       | UDP   | h       | -1    | x       | -            | -",
            })
    void partsAreFound(
            String text, String transport, String host, int port, String branch, String received, String maddr) {
        assertThat(parse(text)).isTrue();
        assertThat(part(text, via.value())).isEqualTo(text);
        assertThat(part(text, via.transport())).isEqualTo(transport);
        assertThat(part(text, via.host())).isEqualTo(host);
        assertThat(via.port()).isEqualTo(port);
        assertThat(part(text, via.branch())).isEqualTo(branch);
        assertThat(part(text, via.received())).isEqualTo(received);
        assertThat(part(text, via.maddr())).isEqualTo(maddr);
        assertThat(via.hasNextInLine()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "SIP",
                "SIP/2.0",
                "SIP/2.0/UDP",
                "SIP/2.0/UDP ",
                "SIP/2.0/UDPh",
                "SIP/2.0/ h",
                "SIP/2.0 h",
                "SIP/7.0/UDP h",
                "HTTP/2.0/UDP h",
                "SIP/2.0/UDP :5060",
                "SIP/2.0/UDP h:",
                "SIP/2.0/UDP h:x",
                "SIP/2.0/UDP h:65536",
                "SIP/2.0/UDP h:5060x",
                "SIP/2.0/UDP [::1",
                "SIP/2.0/UDP []",
                "SIP/2.0/UDP 2001:db8::1",
                "SIP/2.0/UDP h;",
                "SIP/2.0/UDP h;;branch=x",
                "SIP/2.0/UDP h;=x",
                "SIP/2.0/UDP h;branch",
                "SIP/2.0/UDP h;branch=",
                "SIP/2.0/UDP h;branch=;rport",
                "SIP/2.0/UDP h;received",
                "SIP/2.0/UDP h;received=",
                "SIP/2.0/UDP h;maddr=",
                "SIP/2.0/UDP h;rport=",
                "SIP/2.0/UDP h;a=\"b",
                "SIP/2.0/UDP h;a=\"b\\\"",
                "SIP/2.0/UDP h;a=\"b\"c",
                "SIP/2.0/UDP h x",
                "SIP/2.0/UDP h@x",
                "SIP/2.0/UDP h;branch=x,",
                "SIP/2.0/UDP h;branch=x , ",
            })
    void whatIsNoViaIsRefused(String text) {
        assertThat(parse(text)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "SIP/2.0/UDP h;rport, ''",
                "SIP/2.0/UDP h;RPORT ;branch=x, ''",
                "SIP/2.0/UDP h;rport=5070;branch=x, 5070",
                "SIP/2.0/UDP h;xrport;rportx=1, -",
            })
    void rportIsKnownWithAndWithoutValue(String text, @Nullable String rport) {
        assertThat(parse(text)).isTrue();
        assertThat(via.hasRport()).isEqualTo(rport != null);
        assertThat(part(text, via.rport())).isEqualTo(rport);
        if (rport != null && rport.isEmpty()) {
            assertThat(text.substring(0, via.rport().start())).endsWithIgnoringCase(";rport");
        }
    }

    @Test
    void theNextValueOfTheLineIsFound() {
        String text = "SIP/2.0/UDP a;x=\"1,2\" ,\r\n SIP/2.0/TCP b";
        assertThat(parse(text)).isTrue();
        assertThat(part(text, via.value())).isEqualTo("SIP/2.0/UDP a;x=\"1,2\"");
        assertThat(text.substring(via.nextStart())).isEqualTo("SIP/2.0/TCP b");
    }

    @Test
    void theMagicCookieAloneIsNoTransaction() {
        assertThat(isMagic("z9hG4bK")).isFalse();
        assertThat(isMagic("z9hG4bKx")).isTrue();
        assertThat(isMagic("Z9HG4BKx")).isTrue();
        assertThat(isMagic("y9hG4bKx")).isFalse();
    }

    private boolean isMagic(String branch) {
        String text = "SIP/2.0/UDP h;branch=" + branch;
        assertThat(parse(text)).isTrue();
        return via.hasMagicBranch(text.getBytes(ISO_8859_1));
    }

    private boolean parse(String text) {
        byte[] longer = (text + ";branch=outside").getBytes(ISO_8859_1);
        return via.parse(longer, 0, text.length(), 7);
    }

    private static @Nullable String part(String text, Span span) {
        return span.isPresent() ? text.substring(span.start(), span.end()) : null;
    }
}
