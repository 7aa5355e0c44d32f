package org.strowger.sip;

import static org.assertj.core.api.Assertions.assertThat;

/** What holds of every message that the parser has seen, whatever the parser thought of it. */
final class Spans {
    private Spans() {}

    /** Every offset is inside the message, the header table rises without a gap, and the lazy parts can be read. */
    static void assertSound(SipMessage m) {
        check(0 <= m.start() && m.start() <= m.bodyStart(), m, "body start");
        check(m.bodyStart() <= m.end() && m.end() <= m.bytes().length, m, "end");
        int at = m.start();
        for (int i = 0; i < m.headerCount(); i++) {
            check(i == 0 ? m.lineStart(0) > at : m.lineStart(i) == at, m, "line start", i);
            check(m.lineStart(i) < m.lineEnd(i) && m.lineEnd(i) <= m.bodyStart(), m, "line end", i);
            check(m.nameStart(i) <= m.nameEnd(i) && m.nameEnd(i) <= m.valueStart(i), m, "name", i);
            check(m.valueStart(i) <= m.valueEnd(i) && m.valueEnd(i) <= m.lineEnd(i), m, "value", i);
            at = m.lineEnd(i);
        }
        for (HeaderId id : HeaderId.values()) {
            int previous = -1;
            for (int i = m.first(id); i >= 0; i = m.next(i)) {
                check(i > previous && i < m.headerCount() && m.headerId(i) == id, m, "chain", i);
                previous = i;
            }
        }
        inside(m, m.methodName());
        inside(m, m.requestUriText());
        inside(m, m.callId());
        inside(m, m.fromTag());
        inside(m, m.toTag());
        uri(m, m.requestUri());
        uri(m, m.fromUri());
        uri(m, m.toUri());
        via(m, m.topVia());
        vias(m);
        lists(m);
    }

    /** The number of Via values that can be read. */
    static int vias(SipMessage m) {
        Via via = new Via();
        int count = 0;
        for (boolean more = m.firstVia(via); more; more = m.nextVia(via)) {
            via(m, via);
            check(++count <= m.bytes().length, m, "endless Via");
        }
        return count;
    }

    private static void lists(SipMessage m) {
        NameAddr value = new NameAddr();
        SipUri uri = new SipUri();
        for (HeaderId id : new HeaderId[] {HeaderId.ROUTE, HeaderId.RECORD_ROUTE, HeaderId.PATH, HeaderId.CONTACT}) {
            for (int i = m.first(id); i >= 0; i = m.next(i)) {
                int at = m.valueStart(i);
                while (at >= 0 && m.readNameAddr(at, m.valueEnd(i), value)) {
                    inside(m, value.uri());
                    inside(m, value.tag());
                    check(value.end() > at && value.end() <= m.valueEnd(i), m, "value end", i);
                    check(value.nextStart() < 0 || value.nextStart() > at, m, "endless list", i);
                    m.readUri(value.uri(), uri);
                    uri(m, uri);
                    at = value.nextStart();
                }
            }
        }
    }

    private static void via(SipMessage m, Via via) {
        inside(m, via.value());
        inside(m, via.transport());
        inside(m, via.host());
        inside(m, via.branch());
        inside(m, via.received());
        inside(m, via.maddr());
        inside(m, via.rport());
        check(via.port() >= -1 && via.port() <= 65_535, m, "Via port");
        check(via.nextStart() < m.bodyStart(), m, "next Via");
    }

    private static void uri(SipMessage m, SipUri uri) {
        inside(m, uri.whole());
        inside(m, uri.user());
        inside(m, uri.host());
        inside(m, uri.parameters());
        inside(m, uri.headers());
        inside(m, uri.transport());
        inside(m, uri.maddr());
        check(uri.port() >= -1 && uri.port() <= 65_535, m, "URI port");
    }

    private static void inside(SipMessage m, Span span) {
        if (span.isPresent()) {
            check(span.start() >= m.start() && span.start() <= span.end(), m, "span start");
            check(span.end() <= m.bodyStart(), m, "span end");
        } else {
            check(span.start() == -1 && span.end() == -1, m, "absent span");
        }
    }

    private static void check(boolean holds, SipMessage m, String what) {
        check(holds, m, what, -1);
    }

    private static void check(boolean holds, SipMessage m, String what, int header) {
        if (!holds) {
            int start = Math.max(0, Math.min(m.start(), m.bytes().length));
            assertThat(false)
                    .as(
                            "%s of header %s in:%n%s",
                            what,
                            header,
                            new String(
                                    m.bytes(),
                                    start,
                                    m.bytes().length - start,
                                    java.nio.charset.StandardCharsets.ISO_8859_1))
                    .isTrue();
        }
    }
}
