package org.strowger.proxy.explain;

import java.util.List;
import java.util.Optional;

/**
 * Why a message goes where it goes, in the order in which it was found out. All texts are for people; cookies in them are
 * replaced by their number, because a signed cookie is good for sending.
 *
 * @param message what the message is
 * @param received where it is taken to come from
 * @param cookies those in the places where ours may stand, in the order of the message
 * @param checks RFC 3261 section 16.3; ends with the first that failed
 * @param decidedBy what the decision rests on
 * @param rules up to the one that matches; empty when none was asked
 * @param pool the pool, if a rule names one
 * @param outcome what would happen
 * @param listing the message that would leave beside the one that came in; empty when none would
 */
public record Explanation(
        Message message,
        Received received,
        List<CookieNote> cookies,
        List<Check> checks,
        String decidedBy,
        List<RuleNote> rules,
        Optional<PoolNote> pool,
        Outcome outcome,
        List<Line> listing) {

    public Explanation {
        cookies = List.copyOf(cookies);
        checks = List.copyOf(checks);
        rules = List.copyOf(rules);
        listing = List.copyOf(listing);
    }

    /**
     * What the message is.
     *
     * @param summary method and Request-URI, or the status
     * @param detail size and identification
     * @param notes what was done to the text before it was read
     * @param failure why the parser refuses it, or empty
     * @param clause the rule that was broken, or empty
     */
    public record Message(String summary, String detail, List<String> notes, String failure, String clause) {
        public Message {
            notes = List.copyOf(notes);
        }
    }

    /** Where the message is taken to come from; {@code basis} says who says so. */
    public record Received(String from, String transport, String listener, String basis) {}

    /**
     * A cookie, or what stands where ours could.
     *
     * @param number 1 or more, as in the listing; 0 when it does not verify
     * @param place for example {@code Route 1}
     * @param verdict what reading it found
     * @param says its meaning, or empty
     */
    public record CookieNote(int number, String place, String verdict, String says, boolean isDeciding) {}

    /** One check, and what was seen. */
    public record Check(String name, boolean passed, String seen) {}

    /** One rule: {@code why} tells the first condition that does not hold, or all that hold. */
    public record RuleNote(int number, String place, String action, boolean matches, String why) {}

    /**
     * The pool that the rule names.
     *
     * @param key what the policy goes by, or empty
     * @param affinity what is remembered of the call
     * @param columns names of the policy's own figures
     */
    public record PoolNote(
            String name,
            String policy,
            String key,
            String affinity,
            List<String> columns,
            List<Candidate> candidates,
            String choice,
            String why) {
        public PoolNote {
            columns = List.copyOf(columns);
            candidates = List.copyOf(candidates);
        }
    }

    /** A member of the pool. */
    public record Candidate(
            String backend,
            int weight,
            int tier,
            String zone,
            String eligibility,
            List<String> figures,
            boolean isChosen) {
        public Candidate {
            figures = List.copyOf(figures);
        }
    }

    /** What would become of the message. */
    public enum Kind {
        FORWARD,
        REPLY,
        DROP,
        /** The name of the next hop would be looked up first. */
        LOOK_UP
    }

    /**
     * What would happen.
     *
     * @param backend its id, or empty when the hop is no backend
     * @param status of our own answer, or 0
     * @param text one line
     * @param notes what else there is to know
     */
    public record Outcome(Kind kind, String backend, int status, String text, List<String> notes) {
        public Outcome {
            notes = List.copyOf(notes);
        }
    }

    /** One line of the listing: {@code mark} is a blank, a minus or a plus. */
    public record Line(char mark, String text) {}
}
