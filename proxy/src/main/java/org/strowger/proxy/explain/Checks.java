package org.strowger.proxy.explain;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import org.strowger.proxy.explain.Explanation.Check;
import org.strowger.proxy.routing.Inspection;
import org.strowger.sip.HeaderId;
import org.strowger.sip.Method;
import org.strowger.sip.SipMessage;
import org.strowger.sip.SipUri;

/** What RFC 3261 section 16.3 has a proxy check, in the order of the data path. */
final class Checks {
    private Checks() {}

    /** Up to the first that fails. */
    static List<Check> of(SipMessage m, Inspection inspection) {
        List<Check> checks = new ArrayList<>();
        boolean scheme = m.requestUri().scheme() != SipUri.Scheme.OTHER;
        checks.add(new Check(
                "Request-URI scheme",
                scheme,
                text(m, m.requestUriText().start(), m.requestUriText().end())));
        if (scheme && maxForwards(m, checks)) {
            boolean loop = inspection.isLoop();
            checks.add(new Check("loop", !loop, loop ? "a Via of ours says the same of it" : "none"));
            if (!loop) {
                proxyRequire(m, checks);
            }
        }
        return checks;
    }

    private static boolean maxForwards(SipMessage m, List<Check> checks) {
        int left = m.maxForwards();
        boolean answered = left == 0 && m.method() == Method.OPTIONS;
        String seen = left < 0 ? "absent, 70 is added" : answered ? "0, and OPTIONS is answered here" : "" + left;
        checks.add(new Check("Max-Forwards", left != 0, seen));
        return left != 0;
    }

    private static void proxyRequire(SipMessage m, List<Check> checks) {
        int header = m.first(HeaderId.PROXY_REQUIRE);
        boolean ignored = m.method() == Method.ACK || m.method() == Method.CANCEL;
        String seen = header < 0 ? "absent" : text(m, m.valueStart(header), m.valueEnd(header));
        boolean passed = header < 0 || ignored;
        checks.add(new Check(
                "Proxy-Require", passed, header >= 0 && ignored ? seen + ", of no effect in " + m.method() : seen));
    }

    static String text(SipMessage m, int from, int to) {
        return new String(m.bytes(), from, to - from, UTF_8);
    }
}
