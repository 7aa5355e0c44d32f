package org.strowger.proxy.explain;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.strowger.proxy.explain.Explanation.Kind;
import org.strowger.proxy.explain.Explanation.Outcome;
import org.strowger.proxy.routing.DropReason;
import org.strowger.proxy.routing.Inspection;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.routing.SipListener;
import org.strowger.proxy.routing.Target;
import org.strowger.sip.ParseFailure;
import org.strowger.sip.SipMessage;

/** Says in words what a rehearsal ended with. */
final class Outcomes {
    private Outcomes() {}

    static Outcome of(SipMessage m, Rehearsal r, RoutingSnapshot live, ParseFailure failure, List<String> legend) {
        List<String> notes = new ArrayList<>(legend);
        if (r.name().isPresent()) {
            String text = "look up " + r.name().get() + " by RFC 3263, and go on when the answer is there";
            return new Outcome(Kind.LOOK_UP, "", 0, text, notes);
        }
        if (r.sent().isEmpty()) {
            String why = failure != ParseFailure.NONE
                    ? "no answer is owed to it"
                    : r.dropped().map(Outcomes::text).orElse("nothing is sent");
            return new Outcome(Kind.DROP, "", 0, "drop: " + why, notes);
        }
        Rehearsal.Sent sent = r.sent().get();
        String way = way(sent, live);
        if (r.status() != 0) {
            String first = Listing.head(new String(sent.bytes(), UTF_8)).get(0);
            String status = first.substring(first.indexOf(' ') + 1);
            return new Outcome(Kind.REPLY, "", r.status(), "answer " + status + ", " + way, notes);
        }
        String backend = r.backend() == Target.NONE ? "" : r.backend().backend().id();
        String to = backend.isEmpty()
                ? way
                : "to " + backend
                        + (sent.way() == Rehearsal.Way.DATAGRAM
                                ? " from the sockets towards backends"
                                : ", on a connection");
        return new Outcome(Kind.FORWARD, backend, 0, (m.isRequest() ? "forward " : "send on ") + to, notes);
    }

    private static String way(Rehearsal.Sent sent, RoutingSnapshot live) {
        return switch (sent.way()) {
            case FLOW -> "on the sender's or client's connection, if it is still open";
            case CONNECTION -> "to " + sent.to() + ", on a connection";
            case DATAGRAM ->
                "to " + sent.to() + " from "
                        + Inspection.listeners(live).stream()
                                .filter(listener -> listener.number() == sent.listener())
                                .map(SipListener::name)
                                .findFirst()
                                .orElse("the sockets towards backends");
        };
    }

    private static String text(DropReason reason) {
        return switch (reason) {
            case UNPARSEABLE -> "it cannot be read";
            case RESPONSE_NOT_OURS -> "a response whose top Via is not ours";
            case RESPONSE_BAD_COOKIE -> "a response whose top Via has no cookie that verifies";
            case RESPONSE_WITHOUT_CLIENT -> "a response with nothing below our Via";
            case ACK_REFUSED -> "an ACK that is refused gets no answer";
            case TOO_LARGE -> "longer than the transport carries";
            default -> reason.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        };
    }
}
