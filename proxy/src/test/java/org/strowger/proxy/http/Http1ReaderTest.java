package org.strowger.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Http1ReaderTest {
    @SuppressWarnings("StringConcatToTextBlock") // its lines end with CR LF, its bodies with nothing
    static final String TWO = "\r\nPOST /a?b=c HTTP/1.1\r\nHost: Example.COM:8080\r\nTransfer-Encoding: Chunked\r\n\r\n"
            + "3\r\nabc\r\n00a;x=\"y\"\r\n0123456789\r\n0\r\nX-Sum: 7\r\n\r\n"
            + "GET http://other.example/x HTTP/1.1\r\nHost: a\r\nX: \t v \t\r\n\r\n"
            + "PUT /p HTTP/1.1\r\nHost: [2001:db8::1]:80\r\nContent-Length: 4\r\n\r\nwxyz";

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 64, 10_000})
    void messagesAreTheSameInWhateverPiecesTheyCome(int size) {
        Recorded recorded = Recorded.inPieces(TWO, size);

        assertThat(recorded.fault).isEmpty();
        assertThat(recorded.heads).extracting(RequestHead::method).containsExactly("POST", "GET", "PUT");
        assertThat(recorded.heads).extracting(RequestHead::target).containsExactly("/a?b=c", "/x", "/p");
        assertThat(recorded.heads)
                .extracting(RequestHead::authority)
                .containsExactly("Example.COM:8080", "other.example", "[2001:db8::1]:80");
        assertThat(recorded.heads.get(1).fields().get("X")).isEqualTo("v");
        assertThat(recorded.body.toString()).isEqualTo("abc0123456789wxyz");
        assertThat(recorded.ends).hasSize(3);
        assertThat(recorded.ends.get(0).get("X-Sum")).isEqualTo("7");
        assertThat(recorded.summary()).isEqualTo(Recorded.of(TWO).summary());
    }

    @Test
    void theHostIsComparedWithoutPortCaseAndFinalDot() {
        RequestHead head = Recorded.of("GET / HTTP/1.1\r\nHost: Www.Example.COM.:80\r\n\r\n")
                .heads
                .get(0);

        assertThat(head.host()).isEqualTo("www.example.com");
    }

    @Test
    @SuppressWarnings("StringConcatToTextBlock") // CR LF
    void aHandshakeIsKnown() {
        RequestHead head = Recorded.of("GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\n"
                        + "Upgrade: WebSocket\r\nSec-WebSocket-Key: x\r\n\r\n")
                .heads
                .get(0);

        assertThat(head.kind()).isEqualTo(RequestHead.Kind.WEBSOCKET);
        assertThat(head.isRepeatable()).isFalse();
    }

    @Test
    void anUpgradeToAnythingElseIsAPlainRequest() {
        RequestHead head = Recorded.of(
                        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n\r\n")
                .heads
                .get(0);

        assertThat(head.kind()).isEqualTo(RequestHead.Kind.PLAIN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a", "/a/../a", "/./a", "//a", "/%61", "/b/%2e%2e/a", "/b/..%2fa", "/../a"})
    void pathsThatMeanTheSameAreTheSameForRules(String path) {
        assertThat(RequestTarget.normal(path)).isEqualTo("/a");
    }

    @Test
    void aNormalPathKeepsItsLastSlash() {
        assertThat(RequestTarget.normal("/a/")).isEqualTo("/a/");
        assertThat(RequestTarget.normal("/a/b/..")).isEqualTo("/a/");
        assertThat(RequestTarget.normal("/a//b/.")).isEqualTo("/a/b/");
        assertThat(RequestTarget.normal("/%2")).isEqualTo("/%2");
        assertThat(RequestTarget.normal("/%zz%25")).isEqualTo("/%zz%25");
        assertThat(RequestTarget.normal("/..")).isEqualTo("/");
    }
}
