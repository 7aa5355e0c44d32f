package org.strowger.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.strowger.proxy.explain.Explanation;
import org.strowger.proxy.explain.ExplanationText;
import org.strowger.proxy.explain.Origin;
import org.strowger.sip.cookie.ClusterKey;
import org.strowger.sip.cookie.CookieCodec;

class HttpExplainerTest {
    private static final CookieCodec CODEC =
            new CookieCodec(ClusterKey.of(new byte[ClusterKey.LENGTH]), Optional.empty());

    private static final HttpExplainer.Listener WEB =
            new HttpExplainer.Listener("web", 3, Visitor.Security.PLAIN, (method, fields) -> Optional.empty());

    private static Explanation explain(String request) {
        return explain(request, List.of(WEB));
    }

    private static Explanation explain(String request, List<HttpExplainer.Listener> listeners) {
        InetSocketAddress a = new InetSocketAddress(InetAddress.getLoopbackAddress(), 8188);
        try (HttpSetup setup = new HttpSetup(a)) {
            HttpExplainer explainer = new HttpExplainer(() -> setup.loop().picture(), () -> CODEC, () -> listeners);
            return explainer.explain(request.getBytes(StandardCharsets.US_ASCII), Origin.UNKNOWN);
        }
    }

    @Test
    void aRequestIsToldFromASipMessage() {
        assertThat(HttpExplainer.isHttp("GET / HTTP/1.1\nHost: a\n".getBytes(StandardCharsets.US_ASCII)))
                .isTrue();
        assertThat(HttpExplainer.isHttp("OPTIONS sip:a SIP/2.0\r\n".getBytes(StandardCharsets.US_ASCII)))
                .isFalse();
    }

    @Test
    void rulePoolAndBackendAreNamed() {
        Explanation explanation = explain("GET /janus HTTP/1.1\nHost: a\n");

        assertThat(explanation.outcome().backend()).isEqualTo("http:127.0.0.1:8188");
        assertThat(explanation.rules())
                .extracting(Explanation.RuleNote::matches)
                .containsExactly(false, true);
        assertThat(ExplanationText.of(explanation))
                .contains("GET /janus", "pool web", "http:127.0.0.1:8188", "path is /janus");
    }

    @Test
    void aRequestThatNoListenerTakesIsNoMessageOfThisFile() {
        assertThatThrownBy(() -> explain("GET / HTTP/1.1\nHost: a\n", List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no listener takes it (expected: a listener with transport = ws or wss)");
    }

    @Test
    void theCookieDecides() {
        StickyCookie sticky = new StickyCookie(CODEC);
        String made = sticky.make(
                new Sticky("STROWGER", Sticky.Pages.LAX),
                org.strowger.sip.cookie.BackendIdentity.hash("http:127.0.0.1:8188"),
                Visitor.Security.PLAIN);
        Explanation explanation =
                explain("GET / HTTP/1.1\nHost: a\nCookie: " + made.substring(0, made.indexOf(';')) + "\n");

        assertThat(explanation.decidedBy()).isEqualTo("the cookie");
        assertThat(ExplanationText.of(explanation)).doesNotContain(made.substring(9, 20));
    }

    @Test
    void whatIsRefusedIsRefusedHere() {
        assertThat(explain("GET /secret HTTP/1.1\nHost: a\n").outcome().status())
                .isEqualTo(403);
        assertThat(explain("GET / HTTP/1.1\n").outcome().status()).isEqualTo(400);
        assertThat(explain("GET / HTTP/1.1\n").message().failure()).isEqualTo("BAD_HOST");
    }
}
