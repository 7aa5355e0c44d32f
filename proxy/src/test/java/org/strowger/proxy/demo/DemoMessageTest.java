package org.strowger.proxy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class DemoMessageTest {

    @Test
    void readsFoldedCompactAndJoinedHeaders() {
        String text = """
                INVITE sip:a@b SIP/2.0
                v: SIP/2.0/UDP h;branch=z1, SIP/2.0/UDP g
                Record-Route: <sip:x;lr>,
                 <sip:y,z;lr>
                f: "A, B" <sip:a@b>;tag=1
                CSeq: 7 INVITE
                m: <sip:c@d>;q=1

                body""";
        DemoMessage message = DemoMessage.parse(text.replace("\n", "\r\n")).orElseThrow();
        assertThat(message.isRequest()).isTrue();
        assertThat(message.branch()).isEqualTo("z1");
        assertThat(message.all("record-route")).containsExactly("<sip:x;lr>", "<sip:y,z;lr>");
        assertThat(message.tag("From")).isEqualTo("1");
        assertThat(message.tag("To")).isEmpty();
        assertThat(message.method()).isEqualTo("INVITE");
        assertThat(message.cseqNumber()).isEqualTo("7");
        assertThat(message.uri("Contact")).isEqualTo("sip:c@d");
        assertThat(message.body()).isEqualTo("body");
    }

    @Test
    void whatIsNoMessageIsNone() {
        assertThat(DemoMessage.parse("")).isEmpty();
        assertThat(DemoMessage.parse("\r\n\r\n")).isEmpty();
        assertThat(DemoMessage.parse("GET / HTTP/1.1\r\n\r\n")).isEmpty();
        assertThat(DemoMessage.parse("OPTIONS sip:a SIP/2.0\r\nnonsense\r\n\r\n"))
                .isEmpty();
    }
}
