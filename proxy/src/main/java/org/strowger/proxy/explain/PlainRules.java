package org.strowger.proxy.explain;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.strowger.proxy.balancing.UserText;
import org.strowger.proxy.routing.Condition;
import org.strowger.proxy.routing.Ingress;
import org.strowger.proxy.routing.Rule;
import org.strowger.proxy.routing.SipListener;
import org.strowger.proxy.routing.TextMatch;
import org.strowger.sip.SipMessage;
import org.strowger.sip.SipUri;
import org.strowger.threading.RunsOn;

/**
 * Tries rules one after the other and condition by condition, as the file reads, where the data path has them compiled. Slow,
 * and able to say why; a test holds the two against each other.
 */
@RunsOn(RunsOn.Runner.ANY)
final class PlainRules {
    private final SipMessage message;
    private final Ingress ingress;
    private final long callIdHash;
    private final List<SipListener> listeners;

    /** Whether a rule matches and why. */
    record Verdict(boolean matches, String why) {}

    PlainRules(SipMessage message, Ingress ingress, long callIdHash, List<SipListener> listeners) {
        this.message = message;
        this.ingress = ingress;
        this.callIdHash = callIdHash;
        this.listeners = listeners;
    }

    Verdict judge(Rule rule) {
        List<String> held = new ArrayList<>();
        for (Condition condition : rule.conditions()) {
            Verdict verdict = judge(condition);
            if (!verdict.matches) {
                return verdict;
            }
            held.add(verdict.why);
        }
        return new Verdict(true, held.isEmpty() ? "no condition" : String.join(", ", held));
    }

    private Verdict judge(Condition condition) {
        if (condition instanceof Condition.OnListener on) {
            return of(
                    ingress.listener() == on.number(),
                    "listener is " + listener(ingress.listener()),
                    listener(on.number()));
        }
        if (condition instanceof Condition.FromSource from) {
            return source(from);
        }
        if (condition instanceof Condition.Percent percent) {
            return percent(percent);
        }
        return text((Condition.WithText) condition);
    }

    private static Verdict of(boolean holds, String seen, String wanted) {
        return new Verdict(holds, holds ? seen : seen + ", not " + wanted);
    }

    private String listener(int number) {
        return listeners.stream()
                .filter(listener -> listener.number() == number)
                .map(SipListener::name)
                .findFirst()
                .orElse(Origin.BACKEND_SIDE);
    }

    private Verdict source(Condition.FromSource from) {
        if (from.ranges().isEmpty()) {
            return new Verdict(false, "it is for HTTP");
        }
        boolean holds = from.ranges().stream().anyMatch(range -> range.contains(ingress.source()));
        String text = ingress.source().toString();
        String address = text.substring(0, text.lastIndexOf(':'));
        List<String> ranges = from.ranges().stream().map(Object::toString).toList();
        return new Verdict(holds, "source " + address + (holds ? " is in " : " is not in ") + oneOf(ranges));
    }

    /** The lower half of the hash, as a fraction. */
    private Verdict percent(Condition.Percent percent) {
        long fraction = callIdHash & 0xFFFF_FFFFL;
        boolean holds = fraction < Math.round(percent.percent() / 100 * (1L << 32));
        String seen = String.format(Locale.ROOT, "%.3f %%", 100.0 * fraction / (1L << 32));
        String limit = number(percent.percent()) + " %";
        return new Verdict(holds, "Call-ID falls at " + seen + (holds ? ", below " : ", not below ") + limit);
    }

    static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private Verdict text(Condition.WithText condition) {
        boolean host = condition.field() == Condition.Part.REQUEST_HOST
                || condition.field() == Condition.Part.SNI
                || condition.field() == Condition.Part.CLIENT_DOMAIN;
        List<String> seen = values(condition.field());
        List<String> wanted = condition.anyOf().stream().map(PlainRules::shown).toList();
        String name = name(condition.field());
        for (String value : seen) {
            String compared = host ? host(value) : value;
            Optional<TextMatch> found = condition.anyOf().stream()
                    .filter(match -> matches(match, compared, host))
                    .findFirst();
            if (found.isPresent()) {
                boolean pattern = found.get() instanceof TextMatch.Matches;
                return new Verdict(
                        true, name + " is " + quoted(value) + (pattern ? ", matches " + shown(found.get()) : ""));
            }
        }
        boolean pattern = condition.anyOf().stream().allMatch(TextMatch.Matches.class::isInstance);
        String missed = pattern ? "does not match " : "not ";
        String value = seen.isEmpty()
                ? " is absent"
                : " is "
                        + String.join(
                                " / ", seen.stream().map(PlainRules::quoted).toList());
        return new Verdict(false, name + value + ", " + missed + oneOf(wanted));
    }

    private static boolean matches(TextMatch match, String text, boolean host) {
        if (match instanceof TextMatch.Matches like) {
            return Pattern.compile(like.pattern()).matcher(text).find();
        }
        String exact = ((TextMatch.Exact) match).text();
        return text.equals(host ? host(exact) : exact);
    }

    /** Lower case (ASCII only, as hosts are) and without a final dot. */
    private static String host(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return lower.length() > 1 && lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    private List<String> values(Condition.Field field) {
        List<String> values = new ArrayList<>();
        if (field instanceof Condition.Header header) {
            for (int i = header.name().first(message); i >= 0; i = header.name().next(message, i)) {
                values.add(text(message.valueStart(i), message.valueEnd(i)));
            }
        } else if (field instanceof Condition.Part part) {
            switch (part) {
                case METHOD ->
                    values.add(text(
                            message.methodName().start(), message.methodName().end()));
                case REQUEST_HOST -> {
                    if (message.requestUri().host().isPresent()) {
                        values.add(text(
                                message.requestUri().host().start(),
                                message.requestUri().host().end()));
                    }
                }
                case REQUEST_USER -> user(message.requestUri()).ifPresent(values::add);
                case FROM_USER -> user(message.fromUri()).ifPresent(values::add);
                case TO_USER -> user(message.toUri()).ifPresent(values::add);
                case SNI, CLIENT_DOMAIN -> {
                    // A message alone says nothing of the handshake.
                }
            }
        }
        return values;
    }

    private Optional<String> user(SipUri uri) {
        UserText user = new UserText();
        return user.read(message, uri)
                ? Optional.of(new String(user.bytes(), user.from(), user.to() - user.from(), UTF_8))
                : Optional.empty();
    }

    private String text(int from, int to) {
        return new String(message.bytes(), from, to - from, UTF_8);
    }

    private static String name(Condition.Field field) {
        return field instanceof Condition.Header header
                ? header.name().toString()
                : ((Condition.Part) field).name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String shown(TextMatch match) {
        return match instanceof TextMatch.Matches like
                ? "/" + like.pattern() + "/"
                : quoted(((TextMatch.Exact) match).text());
    }

    private static String quoted(String text) {
        boolean plain = !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 127 && c != ',' && c != '"');
        return plain ? text : '"' + text + '"';
    }

    private static String oneOf(List<String> texts) {
        return texts.size() > 4
                ? String.join(", ", texts.subList(0, 3)) + " and " + (texts.size() - 3) + " more"
                : String.join(texts.size() == 2 ? " or " : ", ", texts);
    }
}
