package org.strowger.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.proxy.balancing.Explained;
import org.strowger.proxy.balancing.Picker;
import org.strowger.proxy.explain.Explanation;
import org.strowger.proxy.explain.Origin;
import org.strowger.proxy.explain.PoolNotes;
import org.strowger.proxy.routing.Action;
import org.strowger.proxy.routing.Pool;
import org.strowger.sip.cookie.CookieCodec;
import org.strowger.threading.RunsOn;

/** Says where an HTTP request would go and why: by the same reader, rules and picker, without sending anything. */
@RunsOn(RunsOn.Runner.ANY)
public final class HttpExplainer {
    private final Supplier<HttpPicture> pictures;
    private final Supplier<CookieCodec> codecs;
    private final Supplier<List<Listener>> listeners;

    /**
     * A listener that HTTP comes in by.
     *
     * @param door says what becomes of a WebSocket that offers the sub-protocol sip
     */
    public record Listener(String name, int number, Visitor.Security security, Door door) {}

    /** Where what asks for SIP over WebSocket goes. */
    @FunctionalInterface
    public interface Door {

        /** Empty for what does not ask for SIP; else what is wrong with the handshake, or an empty text. */
        Optional<String> says(String method, HttpHeaders fields);
    }

    /** @param codecs makes a codec that nobody else uses */
    public HttpExplainer(
            Supplier<HttpPicture> pictures, Supplier<CookieCodec> codecs, Supplier<List<Listener>> listeners) {
        this.pictures = pictures;
        this.codecs = codecs;
        this.listeners = listeners;
    }

    /** True for what begins like a request of HTTP. */
    public static boolean isHttp(byte[] message) {
        String text = new String(message, StandardCharsets.ISO_8859_1).stripLeading();
        int end = text.indexOf('\n');
        return (end < 0 ? text : text.substring(0, end)).strip().matches(".* HTTP/\\d\\.\\d");
    }

    /**
     * Explains what would become of a request, whose lines may end as an editor leaves them.
     *
     * @throws IllegalArgumentException when it cannot come from there; for people
     */
    public Explanation explain(byte[] message, Origin origin) {
        HttpPicture picture = pictures.get();
        Listener listener = listener(origin);
        Visitor visitor = new Visitor(listener.number(), origin.source(), 0, listener.security());
        Explanation.Received received = new Explanation.Received(
                visitor.source().toString(),
                listener.security() == Visitor.Security.TLS ? "HTTPS" : "HTTP",
                listener.name(),
                origin.from().isPresent() ? "as told" : "assumed; --from tells another");
        Read read = new Read(picture.options().headLimits());
        read.feed(message);
        if (read.fault.isPresent() || read.heads.isEmpty()) {
            HttpFault fault = read.fault.orElse(HttpFault.BAD_START_LINE);
            return refused(received, message.length, fault);
        }
        RequestHead head = read.heads.get(0);
        Optional<String> sip = head.kind() == RequestHead.Kind.WEBSOCKET
                ? listener.door().says(head.method(), fields(head))
                : Optional.empty();
        return sip.isPresent()
                ? sip(head, received, message.length, sip.get())
                : explain(picture, head, visitor, received, message.length);
    }

    /** As the other side reads them again. */
    private static HttpHeaders fields(RequestHead head) {
        HttpHeaders fields = head.fields().copy().set("Host", head.authority());
        return fields.contains("Connection") ? fields : fields.set("Connection", "Upgrade");
    }

    /** What is SIP over WebSocket asks no rule; the messages in it do. */
    private static Explanation sip(RequestHead head, Explanation.Received received, int bytes, String wrong) {
        Explanation.Outcome outcome = wrong.isEmpty()
                ? new Explanation.Outcome(
                        Explanation.Kind.FORWARD,
                        "",
                        101,
                        "a connection of SIP over WebSocket; each message in it is explained by itself",
                        List.of())
                : new Explanation.Outcome(Explanation.Kind.REPLY, "", 0, "refused: " + wrong, List.of());
        return new Explanation(
                new Explanation.Message(head.method() + " " + head.target(), bytes + " bytes", List.of(), "", ""),
                received,
                List.of(),
                List.of(new Explanation.Check(
                        "handshake", wrong.isEmpty(), wrong.isEmpty() ? "RFC 6455 and RFC 7118" : wrong)),
                "the sub-protocol sip (RFC 7118)",
                List.of(),
                Optional.empty(),
                outcome,
                List.of());
    }

    private Explanation explain(
            HttpPicture picture, RequestHead head, Visitor visitor, Explanation.Received received, int bytes) {
        HttpCondition.Subject subject = HttpCondition.Subject.of(head, visitor);
        List<Explanation.RuleNote> notes = new ArrayList<>();
        Optional<Action> action = judge(picture, subject, notes);
        Explanation.Message message = new Explanation.Message(
                head.method() + " " + head.target(),
                bytes + " bytes, host " + (head.host().isEmpty() ? "none" : head.host()) + ", path for rules "
                        + subject.path(),
                List.of(),
                "",
                "");
        Finding finding = action.map(found -> found(picture, found, head, visitor))
                .orElseGet(() -> Finding.refused(404, "no rule matches: answered 404"));
        return new Explanation(
                message,
                received,
                finding.cookies(),
                List.of(new Explanation.Check("syntax", true, "RFC 9112, strictly")),
                finding.cookies().stream().anyMatch(Explanation.CookieNote::isDeciding) ? "the cookie" : "the rules",
                notes,
                finding.pool(),
                finding.outcome(),
                List.of());
    }

    /** What the first rule that matches says to do; notes on all up to it. */
    private static Optional<Action> judge(
            HttpPicture picture, HttpCondition.Subject subject, List<Explanation.RuleNote> notes) {
        for (HttpRules.Rule rule : picture.rules().rules()) {
            Optional<HttpCondition> failed = rule.conditions().stream()
                    .filter(condition -> !condition.holds(subject))
                    .findFirst();
            String why = failed.map(condition -> condition.seen(subject) + ", which is not what the rule says")
                    .orElseGet(() -> rule.conditions().isEmpty()
                            ? "no condition"
                            : String.join(
                                    ", ",
                                    rule.conditions().stream()
                                            .map(condition -> condition.seen(subject))
                                            .toList()));
            notes.add(new Explanation.RuleNote(
                    rule.number(), rule.place(), text(picture, rule.action()), failed.isEmpty(), why));
            if (failed.isEmpty()) {
                return Optional.of(rule.action());
            }
        }
        return Optional.empty();
    }

    /** What the rule's action comes to. */
    private record Finding(
            List<Explanation.CookieNote> cookies, Optional<Explanation.PoolNote> pool, Explanation.Outcome outcome) {
        static Finding refused(int status, String text) {
            return new Finding(
                    List.of(),
                    Optional.empty(),
                    new Explanation.Outcome(Explanation.Kind.REPLY, "", status, text, List.of()));
        }
    }

    private Finding found(HttpPicture picture, Action action, RequestHead head, Visitor visitor) {
        if (!(action instanceof Action.ToPool to)) {
            int status = ((Action.Reject) action).status();
            return Finding.refused(status < 600 ? status : 403, "answered " + (status < 600 ? status : 403));
        }
        HttpPool web = picture.pools().get(to.pool()).orElseThrow();
        Pool pool = web.pool();
        StickyCookie sticky = new StickyCookie(codecs.get());
        List<Explanation.CookieNote> cookies = new ArrayList<>();
        int index = Picker.NONE;
        String why = "";
        if (web.stickyCookie()
                .filter(cookie -> StickyCookie.isPresent(head.fields(), cookie.name()))
                .isPresent()) {
            String name = web.stickyCookie().get().name();
            boolean valid = sticky.read(head.fields(), name).isValid();
            index = valid ? Choice.memberOf(pool, sticky.backend()) : Picker.NONE;
            why = "the cookie names it";
            String says = index != Picker.NONE
                    ? "its backend was " + pool.member(index).backend().id()
                    : valid ? "its backend takes nothing any more" : "";
            cookies.add(new Explanation.CookieNote(
                    valid ? 1 : 0, "Cookie " + name, valid ? "valid" : "does not verify", says, index != Picker.NONE));
        }
        Explained explained = pool.picker().explain(Choice.key(pool.policy(), head, visitor, 0));
        if (index == Picker.NONE) {
            index = Picker.index(explained.choice());
            why = index == Picker.NONE ? "no member takes new requests" : explained.why();
        }
        String chosen = index == Picker.NONE ? "" : pool.member(index).backend().id();
        return new Finding(
                cookies,
                Optional.of(PoolNotes.of(
                        pool, PoolNotes.policy(pool.policy()), explained, key(pool, head, visitor), chosen, why)),
                outcome(head, chosen));
    }

    private static Explanation.Outcome outcome(RequestHead head, String chosen) {
        if (chosen.isEmpty()) {
            return new Explanation.Outcome(Explanation.Kind.REPLY, "", 503, "answered 503: no backend", List.of());
        }
        String how = head.kind() == RequestHead.Kind.WEBSOCKET ? "WebSocket to " : "forwarded to ";
        return new Explanation.Outcome(Explanation.Kind.FORWARD, chosen, 0, how + chosen, List.of());
    }

    /** What the policy goes by, in words. */
    private static String key(Pool pool, RequestHead head, Visitor visitor) {
        if (pool.policy() instanceof BalancingPolicy.Header header) {
            return header.name() + " " + head.fields().get(header.name().toString(), "(none)");
        }
        return pool.policy() instanceof BalancingPolicy.SourceIp ? "source " + visitor.address() : "";
    }

    private static String text(HttpPicture picture, Action action) {
        return action instanceof Action.ToPool to
                ? "pool " + picture.pools().get(to.pool()).orElseThrow().pool()
                : "reject " + ((Action.Reject) action).status();
    }

    private static Explanation refused(Explanation.Received received, int bytes, HttpFault fault) {
        return new Explanation(
                new Explanation.Message("HTTP", bytes + " bytes", List.of(), fault.name(), fault.text()),
                received,
                List.of(),
                List.of(new Explanation.Check("syntax", false, fault.text())),
                "the reader, which refuses it",
                List.of(),
                Optional.empty(),
                new Explanation.Outcome(
                        Explanation.Kind.REPLY,
                        "",
                        fault.status(),
                        "answered " + fault.status() + ", and the connection ends",
                        List.of()),
                List.of());
    }

    private Listener listener(Origin origin) {
        List<Listener> open = listeners.get();
        if (open.isEmpty()) {
            throw new IllegalArgumentException(
                    "message: a request of HTTP, and no listener takes it (expected: a listener with transport = ws or wss)");
        }
        if (origin.listener().isEmpty()) {
            return open.get(0);
        }
        return open.stream()
                .filter(one -> one.name().equals(origin.listener().get()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("listener: "
                        + origin.listener().get() + " (expected: a listener of WebSockets, one of "
                        + open.stream().map(Listener::name).toList() + ")"));
    }

    /** Takes one request. */
    @RunsOn(RunsOn.Runner.ANY)
    private static final class Read implements Http1Reader.Sink {
        private final List<RequestHead> heads = new ArrayList<>();
        private final Http1Reader reader;
        private Optional<HttpFault> fault = Optional.empty();

        Read(HeadLimits limits) {
            reader = new Http1Reader(limits, new RequestGrammar(heads::add), this);
        }

        void feed(byte[] message) {
            String text = new String(message, StandardCharsets.ISO_8859_1).replaceAll("\r?\n", "\r\n");
            ByteBuf bytes = Unpooled.copiedBuffer(
                    text.contains("\r\n\r\n") ? text : text.stripTrailing() + "\r\n\r\n", StandardCharsets.ISO_8859_1);
            try {
                reader.read(bytes);
            } finally {
                bytes.release();
            }
        }

        @Override
        public void body(ByteBuf part) {
            part.release();
        }

        @Override
        public void end(HttpHeaders trailers) {
            reader.stop();
        }

        @Override
        public void broken(HttpFault why) {
            fault = heads.isEmpty() ? Optional.of(why) : fault;
        }
    }
}
