package org.strowger.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.strowger.proxy.routing.Cidr;
import org.strowger.sip.IpPort;

class FieldPolicyTest {
    private static final String CLIENT = "192.0.2.1";

    private static HttpHeaders sent(String fields, HttpOptions.Forwarded kind, String... trusted) {
        RequestHead head = Recorded.of("GET / HTTP/1.1\r\nHost: app:8080\r\n" + fields.replace("\n", "\r\n") + "\r\n")
                .heads
                .get(0);
        IpPort source = new IpPort();
        source.setIpv4(0xC0000201, 4000);
        HttpOptions options = HttpSetup.options(
                kind, java.util.Arrays.stream(trusted).map(Cidr::of).toList());
        return FieldPolicy.toBackend(head, new Visitor(0, source, 443, Visitor.Security.TLS), options);
    }

    private static Map<String, String> seen(HttpHeaders fields) {
        Map<String, String> seen = new TreeMap<>();
        fields.forEach(field -> seen.merge(field.getKey(), field.getValue(), (a, b) -> a + "," + b));
        return seen;
    }

    @Test
    void whatBelongsToTheConnectionStaysThere() {
        HttpHeaders out = sent("""
                Connection: close, X-Hop, Cookie, X-Forwarded-For
                Keep-Alive: 5
                TE: trailers
                X-Hop: 1
                Proxy: x
                Proxy-Connection: a
                Proxy-Authorization: b
                Upgrade: h2c
                HTTP2-Settings: c
                Cookie: k=v
                X-End: 2
                """, HttpOptions.Forwarded.NONE);

        assertThat(seen(out))
                .isEqualTo(Map.of("Host", "app:8080", "Cookie", "k=v", "X-End", "2", "Via", "1.1 strowger"));
    }

    @Test
    void aStrangerDoesNotSpeakInOurName() {
        HttpHeaders out = sent("""
                X-Forwarded-For: 1.1.1.1
                x_forwarded_for: 2.2.2.2
                X-Forwarded-Proto: http
                X-Real-IP: 3.3.3.3
                X-Forwarded-Prefix: /a
                Forwarded: for=4.4.4.4
                Via: 1.0 first
                """, HttpOptions.Forwarded.BOTH);

        assertThat(seen(out))
                .isEqualTo(Map.of(
                        "Host", "app:8080",
                        "X-Forwarded-For", CLIENT,
                        "X-Forwarded-Proto", "https",
                        "X-Forwarded-Host", "app:8080",
                        "X-Forwarded-Port", "443",
                        "Forwarded", "for=" + CLIENT + ";host=\"app:8080\";proto=https",
                        "Via", "1.0 first, 1.1 strowger"));
    }

    @Test
    void whatATrustedProxySaysIsAddedTo() {
        HttpHeaders out = sent("""
                X-Forwarded-For: 1.1.1.1
                X-Forwarded-For: 2.2.2.2
                X-Forwarded-Proto: http
                Forwarded: for=4.4.4.4
                """, HttpOptions.Forwarded.BOTH, "192.0.2.0/24");

        assertThat(out.getAll("X-Forwarded-For")).isEqualTo(List.of("1.1.1.1, 2.2.2.2, " + CLIENT));
        assertThat(out.getAll("X-Forwarded-Proto")).isEqualTo(List.of("http"));
        assertThat(out.get("Forwarded")).startsWith("for=4.4.4.4, for=" + CLIENT);
    }

    @Test
    void trailersSayNothingThatAHeadMustSay() {
        HttpHeaders in = FieldSyntax.fields()
                .add("X-Sum", "1")
                .add("Content-Length", "5")
                .add("Host", "a")
                .add("Transfer-Encoding", "chunked")
                .add("Set-Cookie", "a=b")
                .add("x_forwarded_for", "1.1.1.1");

        assertThat(seen(FieldPolicy.trailers(in))).isEqualTo(Map.of("X-Sum", "1"));
    }

    @Test
    void aLoopIsKnownByItsLength() {
        HttpHeaders fields = FieldSyntax.fields().add("Via", "1.1 strowger, ".repeat(7) + "1.1 other");
        assertThat(FieldPolicy.isLoop(fields)).isFalse();
        fields.add("Via", "1.1 Strowger");
        assertThat(FieldPolicy.isLoop(fields)).isTrue();
    }
}
