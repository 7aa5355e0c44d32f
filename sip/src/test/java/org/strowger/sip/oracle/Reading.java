package org.strowger.sip.oracle;

import static java.nio.charset.StandardCharsets.UTF_8;

import gov.nist.javax.sip.address.SipUri;
import gov.nist.javax.sip.header.Via;
import gov.nist.javax.sip.message.SIPMessage;
import gov.nist.javax.sip.message.SIPRequest;
import gov.nist.javax.sip.message.SIPResponse;
import gov.nist.javax.sip.parser.StringMsgParser;
import java.text.ParseException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.strowger.sip.ParseFailure;
import org.strowger.sip.SipMessage;
import org.strowger.sip.SipParser;
import org.strowger.sip.Span;

/** What a parser made of a message: a verdict, and the parts that routing relies on, all as text. */
final class Reading {
    private static final String ABSENT = "-";

    private final boolean accepted;
    private final String reason;
    private final Map<String, String> parts;

    private Reading(boolean accepted, String reason, Map<String, String> parts) {
        this.accepted = accepted;
        this.reason = reason;
        this.parts = parts;
    }

    boolean isAccepted() {
        return accepted;
    }

    String reason() {
        return reason;
    }

    Map<String, String> parts() {
        return parts;
    }

    static Reading ours(byte[] bytes) {
        SipMessage m = new SipMessage(64);
        ParseFailure failure = new SipParser().parse(bytes, 0, bytes.length, m);
        Map<String, String> parts = new LinkedHashMap<>();
        if (failure == ParseFailure.NONE) {
            if (m.isRequest()) {
                parts.put("start", text(m, m.methodName()));
                parts.put("uri host", text(m, m.requestUri().host()));
                parts.put("uri port", Integer.toString(m.requestUri().port()));
                parts.put("uri user", text(m, m.requestUri().user()));
            } else {
                parts.put("start", Integer.toString(m.statusCode()));
            }
            parts.put("via host", text(m, m.topVia().host()));
            parts.put("via port", Integer.toString(m.topVia().port()));
            parts.put("via branch", text(m, m.topVia().branch()));
            parts.put("vias", Integer.toString(count(m)));
            parts.put("from tag", text(m, m.fromTag()));
            parts.put("to tag", text(m, m.toTag()));
            parts.put("call-id", text(m, m.callId()));
            parts.put("cseq", m.cseqNumber() + " " + m.cseqMethod());
            parts.put("max-forwards", Integer.toString(m.maxForwards()));
            parts.put("content-length", Long.toString(m.contentLength()));
            parts.put("body", Integer.toString(m.end() - m.bodyStart()));
        }
        return new Reading(failure == ParseFailure.NONE, failure.toString(), parts);
    }

    private static int count(SipMessage m) {
        org.strowger.sip.Via via = new org.strowger.sip.Via();
        int count = 0;
        for (boolean more = m.firstVia(via); more; more = m.nextVia(via)) {
            count++;
        }
        return count;
    }

    private static String text(SipMessage m, Span span) {
        return span.isPresent() ? new String(m.bytes(), span.start(), span.length(), UTF_8) : ABSENT;
    }

    /**
     * Whatever the reference implementation throws is a refusal. It gets folded lines unfolded, because it loses the
     * white space where it joins them.
     */
    static Reading jain(String text) {
        Map<String, String> parts = new LinkedHashMap<>();
        byte[] bytes = text.replaceAll("\r\n[ \t]+", " ").getBytes(UTF_8);
        try {
            SIPMessage m = new StringMsgParser()
                    .parseSIPMessage(bytes, true, false, (e, message, type, header, line) -> {
                        throw e;
                    });
            if (m == null) {
                return new Reading(false, "nothing", parts);
            }
            if (m.getFrom() == null || m.getTo() == null) {
                return new Reading(false, "no From or To", parts);
            }
            start(m, parts);
            Via via = m.getTopmostVia();
            parts.put("via host", via.getHost());
            parts.put("via port", Integer.toString(via.getPort()));
            parts.put("via branch", absent(via.getBranch()));
            parts.put("vias", Integer.toString(m.getViaHeaders().size()));
            parts.put("from tag", absent(m.getFromTag()));
            parts.put("to tag", absent(m.getToTag()));
            parts.put("call-id", m.getCallId().getCallId());
            parts.put(
                    "cseq", m.getCSeq().getSeqNumber() + " " + known(m.getCSeq().getMethod()));
            parts.put(
                    "max-forwards",
                    m.getMaxForwards() == null
                            ? "-1"
                            : Integer.toString(m.getMaxForwards().getMaxForwards()));
            parts.put(
                    "content-length",
                    m.getContentLength() == null
                            ? "-1"
                            : Integer.toString(m.getContentLength().getContentLength()));
            byte[] body = m.getRawContent();
            parts.put("body", Integer.toString(body == null ? 0 : body.length));
            return new Reading(true, "", parts);
        } catch (ParseException | RuntimeException e) {
            return new Reading(false, e.toString(), Map.of());
        }
    }

    private static void start(SIPMessage m, Map<String, String> parts) {
        if (m instanceof SIPResponse response) {
            parts.put("start", Integer.toString(response.getStatusCode()));
            return;
        }
        SIPRequest request = (SIPRequest) m;
        parts.put("start", request.getMethod());
        boolean sip = request.getRequestURI() instanceof SipUri;
        parts.put("uri host", sip ? ((SipUri) request.getRequestURI()).getHost() : ABSENT);
        parts.put("uri port", sip ? Integer.toString(((SipUri) request.getRequestURI()).getPort()) : "-1");
        parts.put("uri user", sip ? absent(((SipUri) request.getRequestURI()).getUser()) : ABSENT);
    }

    private static String known(String method) {
        byte[] name = method.getBytes(UTF_8);
        return org.strowger.sip.Method.of(name, 0, name.length).name().toUpperCase(Locale.ROOT);
    }

    private static String absent(@Nullable String text) {
        return text == null ? ABSENT : text;
    }
}
