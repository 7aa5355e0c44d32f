package org.strowger.proxy.explain;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.strowger.proxy.Planned;
import org.strowger.proxy.forwarding.MessagePath;
import org.strowger.proxy.routing.Inspection;
import org.strowger.proxy.routing.SipListener;
import org.strowger.sip.HeaderId;
import org.strowger.sip.SipMessage;
import org.strowger.sip.SipParser;

/** What is explained is what happens next, message by message, while turns, affinity and loads go on. */
class ExplainedChoiceTest {
    private static final int MESSAGES = 3000;
    private static final String[] SOURCES = {
        "198.51.100.7:40000",
        "198.51.100.200:5060",
        "192.0.2.7:5060",
        "10.0.3.1:5060",
        "10.0.5.1:5060",
        "[2001:db8::7]:5060"
    };
    private static final String[] METHODS = {"INVITE", "INVITE", "INVITE", "ACK", "CANCEL", "REGISTER", "OPTIONS", "FOO"
    };
    private static final String[] URIS = {
        "sip:bob@example.com",
        "sip:1900@example.com",
        "sip:carol@lab.example.com",
        "sip:203.0.113.10",
        "sip:x@9.9.9.9",
        "http://example.com",
        "sips:bob@example.com",
        "tel:+4930"
    };
    private static final String[] EXTRAS = {
        "Max-Forwards: 70",
        "Max-Forwards: 70",
        "Max-Forwards: 0",
        "Proxy-Require: foo",
        "X-Tenant: a",
        "X-Tenant: b",
        "Supported: path",
        "Route: <sip:203.0.113.10;lr>",
        "Route: <sip:9.9.9.9;lr>",
        "Content-Length: 7",
        "Nonsense",
        "Route: <sip:EABiBQYcAAAAAAAAAAAAAAAAAAAAAAAAAAAA@203.0.113.10;lr>"
    };

    private final SplittableRandom random = new SplittableRandom(20);
    private final Planned planned = Planned.of(Path.of("src/test/resources/explain/explain.conf"));
    private final Explainer explainer = planned.explainer();
    private final List<String> forwarded = new ArrayList<>();

    private String any(String[] texts) {
        return texts[random.nextInt(texts.length)];
    }

    @Test
    void theExplainedMessageIsTheOneThatLeaves() {
        Map<Explanation.Kind, Integer> kinds = new EnumMap<>(Explanation.Kind.class);
        int throughRules = 0;
        for (int i = 0; i < MESSAGES; i++) {
            byte[] message = message().getBytes(ISO_8859_1);
            List<SipListener> open = Inspection.listeners(planned.snapshot());
            String listener = open.get(random.nextInt(open.size())).name();
            Origin origin = new Origin(Optional.of(any(SOURCES)), Optional.of(listener));
            Explainer.Rehearsed told = explainer.rehearse(message, origin);
            if (i % 10 == 0) {
                assertThat(explainer.explain(message, origin)).isEqualTo(told.explanation());
            }
            Rehearsal happened = happen(message, told.arrival());
            assertSame(told, happened, new String(message, ISO_8859_1));
            kinds.merge(told.explanation().outcome().kind(), 1, Integer::sum);
            throughRules += told.explanation().pool().isPresent() ? 1 : 0;
            if (told.explanation().outcome().kind() == Explanation.Kind.FORWARD) {
                forwarded.add(new String(happened.sent().orElseThrow().bytes(), ISO_8859_1));
            }
        }
        assertThat(kinds)
                .containsOnlyKeys(
                        Explanation.Kind.FORWARD,
                        Explanation.Kind.REPLY,
                        Explanation.Kind.DROP,
                        Explanation.Kind.LOOK_UP);
        assertThat(kinds.values()).allMatch(count -> count > 20);
        assertThat(throughRules).isGreaterThan(MESSAGES / 5);
    }

    private Rehearsal happen(byte[] message, Arrival arrival) {
        Rehearsal happened = new Rehearsal();
        new MessagePath(
                        0,
                        planned.codecs().get(),
                        planned::snapshot,
                        happened,
                        happened,
                        planned.limits(),
                        (bytes, uri, hash, out) -> {
                            happened.askedFor("");
                            return org.strowger.proxy.routing.NameLookup.Answer.PENDING;
                        },
                        org.strowger.proxy.forwarding.ParkedRequests.none(),
                        org.strowger.proxy.forwarding.RequestProtection.none())
                .accept(message, 0, message.length, arrival.ingress());
        return happened;
    }

    private static void assertSame(Explainer.Rehearsed told, Rehearsal happened, String message) {
        Rehearsal expected = told.rehearsal();
        assertThat(happened.backend()).as(message).isSameAs(expected.backend());
        assertThat(happened.status()).as(message).isEqualTo(expected.status());
        assertThat(happened.dropped()).as(message).isEqualTo(expected.dropped());
        assertThat(happened.finding()).as(message).isEqualTo(expected.finding());
        assertThat(happened.sent().map(Rehearsal.Sent::way))
                .isEqualTo(expected.sent().map(Rehearsal.Sent::way));
        assertThat(happened.sent().map(sent -> new String(sent.bytes(), ISO_8859_1)))
                .as(message)
                .isEqualTo(expected.sent().map(sent -> new String(sent.bytes(), ISO_8859_1)));
        told.explanation().pool().ifPresent(pool -> {
            String backend = happened.status() == 0 && happened.dropped().isEmpty()
                    ? happened.backend().toString()
                    : "none";
            assertThat(pool.choice()).as(message).isEqualTo(backend);
        });
        if (told.explanation().decidedBy().equals("the rules")
                && told.explanation().pool().isEmpty()) {
            assertThat(happened.status() == 403
                            || happened.status() == 404
                            || happened.dropped().isPresent())
                    .as(message)
                    .isTrue();
        }
    }

    /** A new message, or one that answers or follows an earlier one. */
    private String message() {
        if (forwarded.isEmpty() || random.nextInt(4) > 0) {
            return fresh(any(METHODS), "call" + random.nextInt(300));
        }
        String earlier = forwarded.get(random.nextInt(forwarded.size()));
        return switch (random.nextInt(4)) {
            case 0 -> earlier;
            case 1 -> later(earlier);
            default -> earlier.startsWith("SIP/2.0") ? earlier : response(earlier);
        };
    }

    private String fresh(String method, String callId) {
        StringBuilder text = new StringBuilder(method + " " + any(URIS)
                + " SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.7:5062"
                + (random.nextBoolean() ? ";rport" : "") + ";branch=z9hG4bK" + callId
                + "\r\nFrom: <sip:alice@example.com>;tag=a"
                + callId + "\r\nTo: <sip:bob@example.com>\r\nCall-ID: " + callId + "\r\nCSeq: 1 " + method + "\r\n");
        for (int extras = random.nextInt(3); extras > 0; extras--) {
            text.append(any(EXTRAS)).append("\r\n");
        }
        return text.append("\r\n").append("a body!".repeat(random.nextInt(2))).toString();
    }

    private String response(String request) {
        SipMessage m = parsed(request);
        StringBuilder text = new StringBuilder("SIP/2.0 " + (random.nextBoolean() ? "200 OK" : "503 Busy") + "\r\n");
        for (int i = 0; i < m.headerCount(); i++) {
            HeaderId id = m.headerId(i);
            if (id == HeaderId.VIA
                    || id == HeaderId.FROM
                    || id == HeaderId.TO
                    || id == HeaderId.CALL_ID
                    || id == HeaderId.CSEQ) {
                text.append(request, m.lineStart(i), m.lineEnd(i));
            }
        }
        return text.append("\r\n").toString();
    }

    /** A BYE by either side along the Record-Route or Path of an earlier request, in both orders. */
    private String later(String earlier) {
        List<String> routes = earlier.lines()
                .filter(line -> line.startsWith("Record-Route:") || line.startsWith("Path:"))
                .map(line -> "Route" + line.substring(line.indexOf(':')) + "\r\n")
                .toList();
        String tag = random.nextBoolean() ? earlier.replaceAll("(?s).*tag=(\\w+).*", "$1") : "callee";
        return "BYE sip:bob@10.0.3.2 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.3.2:5060;branch=z9hG4bKbye" + random.nextInt(99)
                + "\r\n"
                + (random.nextInt(8) == 0
                        ? String.join("", routes).replaceAll("(sip:.{12})..", "$1_-")
                        : String.join("", routes))
                + "From: <sip:a@example.com>;tag=" + tag
                + "\r\nTo: <sip:b@example.com>;tag=t\r\nCall-ID: c\r\nCSeq: 2 BYE\r\n\r\n";
    }

    private static SipMessage parsed(String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        SipMessage m = new SipMessage(256);
        new SipParser().parse(bytes, 0, bytes.length, m);
        return m;
    }
}
