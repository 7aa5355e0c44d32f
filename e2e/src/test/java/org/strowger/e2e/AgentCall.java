package org.strowger.e2e;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One call, registration or question as one side sees it: what it sends, and whether what comes belongs to it. */
final class AgentCall {
    /** Of every fifth call: not UTF-8, hence a binary frame over WebSocket, and whole only where bytes are left alone. */
    static final String RAW_BODY = "v=0\r\ns=Gr\u00fc\u00dfe\r\n";

    /** Ends the Call-ID of a call to somebody who registered with the Call-ID before it. */
    static final String BACK = "-back";

    private static final String PLAIN_BODY = "v=0\r\ns=-\r\n";
    private static final long T1_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    final String id;
    final CallKind kind;
    final Tally tally;
    final long begunNanos;
    final String tag;
    final Map<String, Ask> asks = new HashMap<>();
    final Wire wire;
    final String local;
    final String remote;
    String remoteTag = "";
    String target;
    List<String> routes = List.of();
    /** The final response to an INVITE, until its ACK comes. */
    @Nullable
    Repeating answer;

    /** What the last INVITE was answered with, for one that comes again. */
    String lastAnswer = "";

    /** The INVITE or REGISTER that the other side began with. */
    @Nullable
    WireMessage begunBy;

    boolean ended;
    private int cseq;

    /** A message that is sent again until something comes. */
    static final class Repeating {
        final String message;
        private long gapNanos = T1_NANOS;
        private long nextNanos;

        Repeating(String message, long nowNanos) {
            this.message = message;
            this.nextNanos = nowNanos + gapNanos;
        }

        boolean isDue(long nowNanos) {
            if (nowNanos - nextNanos < 0) {
                return false;
            }
            gapNanos *= 2;
            nextNanos = nowNanos + gapNanos;
            return true;
        }
    }

    /** A request that this side has sent. */
    static final class Ask {
        final String method;
        final int number;
        final long sentNanos;
        final Repeating repeating;
        boolean provisional;
        boolean answered;

        Ask(String method, int number, long sentNanos, Repeating repeating) {
            this.method = method;
            this.number = number;
            this.sentNanos = sentNanos;
            this.repeating = repeating;
        }
    }

    private AgentCall(String id, CallKind kind, Tally tally, Wire wire, long begunNanos, String[] parties) {
        this.id = id;
        this.kind = kind;
        this.tally = tally;
        this.wire = wire;
        this.begunNanos = begunNanos;
        this.local = parties[0];
        this.remote = parties[1];
        this.target = parties[2];
        this.tag = Integer.toHexString(Objects.hash(id, parties[0])) + "t";
    }

    /** One that this side begins. */
    static AgentCall to(String id, CallKind kind, Tally tally, Wire wire, String[] parties) {
        return new AgentCall(id, kind, tally, wire, System.nanoTime(), parties);
    }

    /** One that the other side has begun. */
    static AgentCall from(WireMessage request, CallKind kind, Tally tally, Wire wire) {
        String[] parties = {
            Fields.uri(Fields.value(request, "to")),
            Fields.uri(Fields.value(request, "from")),
            Fields.uri(Fields.value(request, "contact"))
        };
        AgentCall call = new AgentCall(request.callId(), kind, tally, wire, System.nanoTime(), parties);
        call.remoteTag = Fields.parameter(Fields.value(request, "from"), "tag");
        call.routes = Fields.values(request, "record-route");
        call.begunBy = request;
        return call;
    }

    /** Takes what an answer says about the dialog; false when that is known already. */
    boolean establish(WireMessage ok) {
        if (!remoteTag.isEmpty()) {
            return false;
        }
        remoteTag = Fields.parameter(Fields.value(ok, "to"), "tag");
        target = Fields.uri(Fields.value(ok, "contact"));
        List<String> turned = new ArrayList<>(Fields.values(ok, "record-route"));
        Collections.reverse(turned);
        routes = turned;
        return true;
    }

    /** Sends a request with a branch of its own. */
    void ask(String method) {
        cseq++;
        String branch = "z9hG4bK" + method + cseq + id;
        send(method, branch, cseq);
    }

    /** CANCEL of the INVITE, or ACK of its failure: in its transaction, on its way. */
    void follow(String method) {
        send(method, "z9hG4bKINVITE1" + id, 1);
    }

    private void send(String method, String branch, int number) {
        long now = System.nanoTime();
        String text = request(method, branch, number);
        if (!method.equals("ACK")) {
            asks.put(branch + method, new Ask(method, number, now, new Repeating(text, now)));
        }
        way().send(text);
    }

    /** ACK of a 2xx: a transaction of its own with the number of the INVITE. */
    void acknowledge() {
        way().send(request("ACK", "z9hG4bKack" + id, 1));
    }

    Wire way() {
        return routes.isEmpty() ? wire : wire.towards(routes.get(0));
    }

    private String request(String method, String branch, int number) {
        boolean inCall = method.equals("BYE") || branch.startsWith("z9hG4bKack");
        String body = method.equals("INVITE") ? body() : "";
        StringBuilder text = new StringBuilder(800);
        line(text, method + " " + target + " SIP/2.0");
        line(text, "Via: " + wire.via(branch));
        line(text, "Max-Forwards: 70");
        routes.forEach(route -> line(text, "Route: " + route));
        line(text, "From: <" + local + ">;tag=" + tag);
        line(text, "To: <" + remote + ">" + (inCall || ackOfFailure(method) ? ";tag=" + remoteTag : ""));
        line(text, "Call-ID: " + id);
        line(text, "CSeq: " + number + " " + method);
        line(text, "Contact: <" + wire.contact() + ">");
        line(text, CallKind.HEADER + ": " + kind);
        if (method.equals("REGISTER")) {
            line(text, "Supported: path, outbound");
            line(text, "Expires: 600");
        }
        line(text, "Content-Length: " + body.length());
        return text.append("\r\n").append(body).toString();
    }

    private boolean ackOfFailure(String method) {
        return method.equals("ACK") && !remoteTag.isEmpty();
    }

    boolean isBack() {
        return id.endsWith(BACK);
    }

    String body() {
        return Math.floorMod(id.hashCode(), 5) == 0 ? RAW_BODY : PLAIN_BODY;
    }

    /** A response to a request of the other side. */
    String response(WireMessage request, String status) {
        StringBuilder text = new StringBuilder(800);
        line(text, "SIP/2.0 " + status);
        for (WireMessage.Header header : request.headers()) {
            switch (header.name()) {
                case "via", "from", "call-id", "cseq", "record-route" -> text.append(header.text());
                case "to" ->
                    line(text, "To: " + header.value() + (header.value().contains(";tag=") ? "" : ";tag=" + tag));
                default -> {} // not in a response
            }
        }
        line(text, "Contact: <" + wire.contact() + ">");
        line(text, "Content-Length: 0");
        return text.append("\r\n").toString();
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append("\r\n");
    }

    /** What is wrong with a response to a request of this side; empty when nothing is. */
    String wrongResponse(WireMessage response, Ask ask, Wire came) {
        Complaints all = new Complaints();
        all.same("the connection", came.same(wire), true);
        all.same("Vias", Fields.values(response, "via").size(), 1);
        all.same("CSeq", Fields.value(response, "cseq"), ask.number + " " + ask.method);
        all.same("From", Fields.parameter(Fields.value(response, "from"), "tag"), tag);
        String toTag = Fields.parameter(Fields.value(response, "to"), "tag");
        if (!response.status().equals("100")) {
            all.same("a tag in To", !toTag.isEmpty(), true);
        }
        if (!remoteTag.isEmpty() && !ask.method.equals("CANCEL")) {
            all.same("To", toTag, remoteTag);
        }
        return all.toString();
    }

    /** What is wrong with a request of the other side. */
    String wrongRequest(WireMessage request, boolean onItsConnection) {
        Complaints all = new Complaints();
        all.same("the connection", onItsConnection, true);
        String method = Fields.method(request);
        List<String> vias = Fields.values(request, "via");
        // A CANCEL may be of the proxy: it ends at each hop.
        all.same("Vias", vias.size() == 1 && method.equals("CANCEL") ? 2 : vias.size(), 2);
        all.same("top Via", vias.get(0).startsWith("SIP/2.0/" + wire.transport() + " "), true);
        all.same("branch", Fields.topBranch(request).startsWith("z9hG4bK"), true);
        if (!method.equals("CANCEL")) {
            all.same("Max-Forwards", Fields.value(request, "max-forwards"), "69");
        }
        all.same("Routes", Fields.values(request, "route"), List.of());
        all.same("From", Fields.parameter(Fields.value(request, "from"), "tag"), remoteTag);
        all.same("body", request.body(), method.equals("INVITE") ? body() : "");
        WireMessage begin = begunBy;
        if (begin != null && (method.equals("ACK") || method.equals("CANCEL"))) {
            boolean sameTransaction = method.equals("CANCEL") || kind == CallKind.CANCELLED;
            all.same(
                    "the branch of the INVITE",
                    Fields.topBranch(begin).equals(Fields.topBranch(request)),
                    sameTransaction);
        }
        String toTag = Fields.parameter(Fields.value(request, "to"), "tag");
        boolean inCall = method.equals("BYE") || method.equals("ACK");
        all.same("To", toTag, inCall ? tag : "");
        all.same("no Record-Route", Fields.values(request, "record-route").isEmpty(), !method.equals("INVITE"));
        if (method.equals("BYE") || (method.equals("ACK") && kind != CallKind.CANCELLED)) {
            all.same("Request-URI", Fields.requestUri(request), wire.contact());
        }
        return all.toString();
    }

    /** What was not as it should have been. */
    private static final class Complaints {
        private final StringJoiner text = new StringJoiner("; ");

        void same(String what, Object found, Object expected) {
            if (!found.equals(expected)) {
                text.add(what + ": " + found + " (expected: " + expected + ")");
            }
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
