package org.strowger.proxy.explain;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.strowger.proxy.explain.Explanation.Check;
import org.strowger.proxy.explain.Explanation.CookieNote;
import org.strowger.proxy.explain.Explanation.Line;
import org.strowger.proxy.explain.Explanation.Message;
import org.strowger.proxy.explain.Explanation.Outcome;
import org.strowger.proxy.explain.Explanation.PoolNote;
import org.strowger.proxy.explain.Explanation.RuleNote;
import org.strowger.proxy.forwarding.MessageLimits;
import org.strowger.proxy.forwarding.MessagePath;
import org.strowger.proxy.forwarding.ParkedRequests;
import org.strowger.proxy.forwarding.RequestProtection;
import org.strowger.proxy.routing.Action;
import org.strowger.proxy.routing.CookieFinding;
import org.strowger.proxy.routing.Inspection;
import org.strowger.proxy.routing.NameLookup;
import org.strowger.proxy.routing.NextHop;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.routing.Rule;
import org.strowger.proxy.routing.RuleSet;
import org.strowger.proxy.routing.SnapshotSource;
import org.strowger.sip.ParseFailure;
import org.strowger.sip.SipMessage;
import org.strowger.sip.SipParser;
import org.strowger.sip.Span;
import org.strowger.sip.cookie.CookieCodec;
import org.strowger.threading.RunsOn;

/**
 * Says where a message would go and why. The message takes the way of every other one, through a {@link MessagePath} of its
 * own, over a picture that nothing is written to, and into sockets that send nothing; why it went so is found out beside it.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class Explainer {
    private final SnapshotSource snapshots;
    private final Supplier<CookieCodec> codecs;
    private final MessageLimits limits;

    /** @param codecs makes a codec that nobody else uses */
    public Explainer(SnapshotSource snapshots, Supplier<CookieCodec> codecs, MessageLimits limits) {
        this.snapshots = snapshots;
        this.codecs = codecs;
        this.limits = limits;
    }

    /**
     * Explains what would become of a message, whose lines may end as an editor leaves them.
     *
     * @throws IllegalArgumentException when it cannot come from there; for people
     */
    public Explanation explain(byte[] read, Origin origin) {
        return rehearse(read, origin).explanation;
    }

    /** An explanation with what it rests on. */
    record Rehearsed(Explanation explanation, Rehearsal rehearsal, Arrival arrival) {}

    Rehearsed rehearse(byte[] read, Origin origin) {
        RoutingSnapshot live = snapshots.current();
        MessageText text = MessageText.of(read);
        byte[] bytes = text.bytes();
        if (bytes.length > limits.maxMessageBytes()) {
            throw new IllegalArgumentException(
                    "message: " + bytes.length + " bytes (expected: at most " + limits.maxMessageBytes() + ")");
        }
        SipMessage m = new SipMessage(limits.maxHeaders());
        ParseFailure failure = new SipParser().parse(bytes, 0, bytes.length, m);
        Arrival arrival = Arrival.of(m, origin, live);
        CookieCodec codec = codecs.get();
        Inspection inspection = new Inspection(live, codec, m, arrival.ingress());
        boolean good = failure == ParseFailure.NONE;
        Rehearsal rehearsal = new Rehearsal();
        path(good ? inspection.readOnly() : live, codec, rehearsal).accept(bytes, 0, bytes.length, arrival.ingress());
        Cookies cookies = new Cookies(codec, live);
        Message message = message(m, text, failure, cookies);
        Reasons reasons =
                good ? reasons(m, arrival, inspection, rehearsal, cookies) : Reasons.of("the parser, which refuses it");
        int known = cookies.count();
        List<Line> listing = listing(m, rehearsal, cookies);
        Outcome outcome = Outcomes.of(m, rehearsal, live, failure, cookies.saidAfter(known, m));
        return new Rehearsed(
                new Explanation(
                        message,
                        arrival.note(),
                        reasons.cookies,
                        reasons.checks,
                        reasons.decidedBy,
                        reasons.rules,
                        reasons.pool,
                        outcome,
                        listing),
                rehearsal,
                arrival);
    }

    private MessagePath path(RoutingSnapshot snapshot, CookieCodec codec, Rehearsal rehearsal) {
        NameLookup names = (bytes, uri, transactionHash, out) -> {
            Span host = NextHop.target(uri);
            rehearsal.askedFor(new String(bytes, host.start(), host.length(), UTF_8));
            return NameLookup.Answer.PENDING;
        };
        return new MessagePath(
                0,
                codec,
                () -> snapshot,
                rehearsal,
                rehearsal,
                limits,
                names,
                ParkedRequests.none(),
                RequestProtection.none());
    }

    private static Message message(SipMessage m, MessageText text, ParseFailure failure, Cookies cookies) {
        String head = new String(text.bytes(), m.start(), m.end() - m.start(), UTF_8);
        String first = cookies.masked(Listing.head(head).get(0));
        if (failure != ParseFailure.NONE) {
            return new Message(
                    first,
                    text.bytes().length + " bytes",
                    text.notes(),
                    failure.name() + ": " + failure.text(),
                    failure.clause());
        }
        String dialog = !m.isRequest() ? "" : m.toTag().isPresent() ? ", within a dialog" : ", outside of any dialog";
        String detail = (m.end() - m.start()) + " bytes, " + m.headerCount() + " headers, body of "
                + (m.end() - m.bodyStart()) + " bytes" + dialog;
        return new Message(first, detail, text.notes(), "", "");
    }

    /** What led to the decision. */
    private record Reasons(
            List<CookieNote> cookies,
            List<Check> checks,
            String decidedBy,
            List<RuleNote> rules,
            Optional<PoolNote> pool) {

        static Reasons of(String decidedBy) {
            return new Reasons(List.of(), List.of(), decidedBy, List.of(), Optional.empty());
        }
    }

    private static Reasons reasons(
            SipMessage m, Arrival arrival, Inspection inspection, Rehearsal rehearsal, Cookies cookies) {
        List<CookieNote> notes = cookies.notes(m, inspection, rehearsal.finding());
        if (!m.isRequest()) {
            return new Reasons(notes, List.of(), "the cookie in our Via, the topmost", List.of(), Optional.empty());
        }
        List<Check> checks = Checks.of(m, inspection);
        if (checks.stream().anyMatch(check -> !check.passed())) {
            return new Reasons(notes, checks, "a check that failed", List.of(), Optional.empty());
        }
        if (!inspection.reachesRules()) {
            return new Reasons(notes, checks, beforeRules(notes, rehearsal), List.of(), Optional.empty());
        }
        List<RuleNote> rules = rules(m, arrival, inspection);
        int rule = inspection.rule();
        Optional<PoolNote> pool =
                rule != RuleSet.NO_MATCH && inspection.rules().action(rule) instanceof Action.ToPool to
                        ? Optional.of(Pools.of(m, arrival, inspection.pool(to.pool()), rehearsal))
                        : Optional.empty();
        return new Reasons(notes, checks, "the rules", rules, pool);
    }

    private static String beforeRules(List<CookieNote> notes, Rehearsal rehearsal) {
        CookieFinding finding = rehearsal.finding();
        if (finding == CookieFinding.CURRENT_KEY || finding == CookieFinding.PREVIOUS_KEY) {
            return notes.stream()
                    .filter(CookieNote::isDeciding)
                    .map(note -> "cookie " + note.number() + ", in " + note.place())
                    .findFirst()
                    .orElse("a cookie");
        }
        if (rehearsal.isNamed() || rehearsal.name().isPresent()) {
            return "the backend that sends it: Route or Request-URI names the next hop";
        }
        return switch (rehearsal.status()) {
            case 200 -> "its address, which is ours";
            case 403 -> "the Route set: it has our address but no cookie of ours";
            default -> "the backend that sends it: it may call hosts that are no backends";
        };
    }

    private static List<RuleNote> rules(SipMessage m, Arrival arrival, Inspection inspection) {
        PlainRules plain = new PlainRules(m, arrival.ingress(), inspection.callIdHash(), inspection.listeners());
        List<RuleNote> notes = new ArrayList<>();
        for (Rule rule : inspection.rules().rules()) {
            PlainRules.Verdict verdict = plain.judge(rule);
            String action = rule.action() instanceof Action.ToPool to
                    ? "pool " + inspection.poolName(to.pool())
                    : "reject " + ((Action.Reject) rule.action()).status();
            notes.add(new RuleNote(notes.size() + 1, rule.place(), action, verdict.matches(), verdict.why()));
            if (verdict.matches()) {
                break;
            }
        }
        return notes;
    }

    private static List<Line> listing(SipMessage m, Rehearsal rehearsal, Cookies cookies) {
        if (rehearsal.sent().isEmpty()) {
            return List.of();
        }
        List<String> after = Listing.head(new String(rehearsal.sent().get().bytes(), UTF_8));
        List<String> before = rehearsal.status() != 0
                ? List.of()
                : Listing.head(new String(m.bytes(), m.start(), m.end() - m.start(), UTF_8));
        return Listing.of(before, after).stream()
                .map(line -> new Line(line.mark(), cookies.masked(line.text())))
                .toList();
    }
}
