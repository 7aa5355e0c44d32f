package org.strowger.proxy.routing;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.strowger.proxy.balancing.HeaderName;
import org.strowger.proxy.balancing.UserText;
import org.strowger.proxy.routing.pattern.PatternSet;
import org.strowger.sip.SipMessage;
import org.strowger.sip.SipUri;
import org.strowger.sip.Span;
import org.strowger.threading.RunsOn;

/** Rules by one text of the request: exact texts in a hash table, regular expressions in few automata. */
@RunsOn(RunsOn.Runner.ANY)
final class TextDimension implements Dimension {
    private final Condition.Field field;
    private final ExactTable exact;
    private final PatternSet patterns;
    private final Hits[] patternHits;

    TextDimension(Condition.Field field, Map<Integer, Condition.WithText> conditions) {
        Map<String, BitSet> texts = new LinkedHashMap<>();
        Map<String, BitSet> expressions = new LinkedHashMap<>();
        conditions.forEach((rule, condition) -> condition.anyOf().forEach(match -> {
            if (match instanceof TextMatch.Exact same) {
                texts.computeIfAbsent(normal(field, same.text()), unused -> new BitSet())
                        .set(rule);
            } else if (match instanceof TextMatch.Matches like) {
                expressions
                        .computeIfAbsent(like.pattern(), unused -> new BitSet())
                        .set(rule);
            }
        }));
        this.field = field;
        this.exact = new ExactTable(texts);
        this.patterns = PatternSet.compile(new ArrayList<>(expressions.keySet()));
        this.patternHits =
                List.copyOf(expressions.values()).stream().map(Hits::new).toArray(Hits[]::new);
    }

    /** True for what is compared in lower case. */
    static boolean isHost(Condition.Field field) {
        return field == Condition.Part.REQUEST_HOST
                || field == Condition.Part.SNI
                || field == Condition.Part.CLIENT_DOMAIN;
    }

    private static String normal(Condition.Field field, String text) {
        if (!isHost(field)) {
            return text;
        }
        String lower = text.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    /** The number of regular expressions left to RE2/J. */
    int slowPatterns() {
        return patterns.slowPatterns();
    }

    @Override
    public void satisfy(SipMessage message, RuleScratch scratch, long[] satisfied) {
        if (field instanceof Condition.Header header) {
            HeaderName name = header.name();
            for (int i = name.first(message); i >= 0; i = name.next(message, i)) {
                satisfy(message.bytes(), message.valueStart(i), message.valueEnd(i), scratch, satisfied);
            }
        } else if (field instanceof Condition.Part part) {
            switch (part) {
                case METHOD -> {
                    Span name = message.methodName();
                    satisfy(message.bytes(), name.start(), name.end(), scratch, satisfied);
                }
                case REQUEST_HOST -> host(message, scratch, satisfied);
                case REQUEST_USER -> user(message, message.requestUri(), scratch, satisfied);
                case FROM_USER -> user(message, message.fromUri(), scratch, satisfied);
                case TO_USER -> user(message, message.toUri(), scratch, satisfied);
                case SNI -> {
                    byte[] name = scratch.peer().serverName();
                    if (name.length > 0) {
                        satisfy(name, 0, name.length, scratch, satisfied);
                    }
                }
                case CLIENT_DOMAIN -> domains(scratch, satisfied);
            }
        }
    }

    private void domains(RuleScratch scratch, long[] satisfied) {
        for (int i = 0; i < scratch.peer().domains(); i++) {
            byte[] domain = scratch.peer().domain(i);
            satisfy(domain, 0, domain.length, scratch, satisfied);
        }
    }

    private void user(SipMessage message, SipUri uri, RuleScratch scratch, long[] satisfied) {
        UserText user = scratch.user();
        if (user.read(message, uri)) {
            satisfy(user.bytes(), user.from(), user.to(), scratch, satisfied);
        }
    }

    private void host(SipMessage message, RuleScratch scratch, long[] satisfied) {
        Span host = message.requestUri().host();
        if (host.isPresent()) {
            int length = scratch.lowerCase(message.bytes(), host.start(), host.end());
            byte[] lower = scratch.lowerCased();
            int end = length > 1 && lower[length - 1] == '.' ? length - 1 : length;
            satisfy(lower, 0, end, scratch, satisfied);
        }
    }

    private void satisfy(byte[] text, int from, int to, RuleScratch scratch, long[] satisfied) {
        exact.find(text, from, to).addTo(satisfied);
        if (patternHits.length == 0) {
            return;
        }
        patterns.match(text, from, to, scratch.patterns());
        long[] matched = scratch.patterns().matched();
        for (int word = 0; word << 6 < patternHits.length; word++) {
            for (long bits = matched[word]; bits != 0; bits &= bits - 1) {
                patternHits[(word << 6) + Long.numberOfTrailingZeros(bits)].addTo(satisfied);
            }
        }
    }
}
