package org.strowger.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The judge of the end-to-end tests sees what it must see. */
class UntouchedTest {
    private static final String SENT = """
            INVITE sip:bob@example.com SIP/2.0
            v: SIP/2.0/UDP 192.0.2.1;rport
             ;branch=z9hG4bKa
            Max-Forwards: 5
            Route: <sip:other.example.com;lr>
            f: <sip:alice@example.com>;tag=1
            X-Folded: one
              two
            l: 3

            v=0""".replace("\n", "\r\n");
    private static final String GOT = SENT.replace(
                    "v: SIP", "Record-Route: <sip:us;lr>\r\nVia: SIP/2.0/UDP us\r\nv: SIP")
            .replace(";rport", ";rport=5060")
            .replace("bKa", "bKa;received=127.0.0.1")
            .replace("Max-Forwards: 5", "Max-Forwards: 4");

    @Test
    void whatAProxyMayDoIsNoDifference() {
        assertThat(difference(SENT, GOT, false)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            sip:bob,    sip:Bob,    Request-Line
            f: ,        From: ,     headers
            '  two',    ' two',     headers
            X-Folded,   x-folded,   headers
            l: 3,       l: 03,      headers
            v=0,        V=0,        body
            other.,     another.,   Route
            s: 4,       s: 5,       Max-Forwards
            bKa,        bKb,        Via
            """)
    void anythingElseIsOne(String text, String changed, String what) {
        assertThat(difference(SENT, GOT.replace(text, changed), false)).startsWith(what);
    }

    @Test
    void onlyAConnectionMayAddALength() {
        String sent = SENT.replace("l: 3\r\n", "");
        String got = GOT.replace("l: 3", "Content-Length: 3");
        assertThat(difference(sent, got, true)).isEmpty();
        assertThat(difference(sent, got, false)).startsWith("headers");
        assertThat(difference(sent, got.replace(": 3", ": 2"), true)).startsWith("headers");
    }

    @Test
    void aConnectionIsCutWhereTheLengthsSay() {
        WireMessage.Cut cut = WireMessage.cutStream(SENT + "\r\n" + SENT + SENT.substring(0, SENT.length() - 2));
        assertThat(cut.whole()).containsExactly(SENT, SENT);
        assertThat(cut.missing()).isEqualTo(2);
        assertThat(WireMessage.cutStream(SENT.replace("l: 3", "l: -3")).missing())
                .isEqualTo(-1);
        assertThat(WireMessage.cutDatagram(SENT + "more").whole()).containsExactly(SENT);
    }

    private static String difference(String sent, String got, boolean onConnection) {
        return Untouched.request(WireMessage.read(sent), WireMessage.read(got), onConnection);
    }
}
