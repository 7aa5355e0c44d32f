package org.strowger.proxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.strowger.proxy.balancing.HeaderName;
import org.strowger.proxy.routing.Condition.Part;
import org.strowger.sip.IpPort;
import org.strowger.sip.SipMessage;

/** Random rules against random requests, compared with rules tried one after the other on Strings. */
class RuleSetDifferentialTest {
    private static final String[] USERS = {"bob", "carol", "1900", "+4930123", "19001"};
    private static final String[] HOSTS = {"example.com", "sub.example.com", "10.0.0.1"};
    private static final String[] PATTERNS = {"/^1900/", "/\\d+$/", "/o/", "/^(bob|one)$/", "/example/", "/\\bone\\b/"};
    private static final String[] VALUES = {"one", "two", "one two"};
    private static final String[] SOURCES = {"10.1.2.3", "10.1.3.4", "192.0.2.1", "2001:db8::1"};
    private static final String[] RANGES = {"10.0.0.0/8", "10.1.2.0/24", "10.1.2.3", "0.0.0.0/0", "2001:db8::/32"};
    private static final String[] METHODS = {"INVITE", "REGISTER", "FOO"};

    private final SplittableRandom random = new SplittableRandom(20261123);

    /** A request with what the oracle needs to know of it. */
    private record Case(
            Requests request, String user, String host, String value, String source, int listener, long hash) {}

    /** A condition with its meaning. */
    private record Meaning(Condition condition, Predicate<Case> holds) {}

    private String any(String[] texts) {
        return texts[random.nextInt(texts.length)];
    }

    @Test
    void compiledRulesMatchWhatTheRulesSay() {
        RuleScratch scratch = new RuleScratch();
        for (int round = 0; round < 80; round++) {
            List<List<Meaning>> meanings = new ArrayList<>();
            for (int n = random.nextInt(1, 150); n > 0; n--) {
                List<Meaning> conditions = new ArrayList<>();
                for (int c = random.nextInt(1, 5); c > 0; c--) {
                    conditions.add(condition());
                }
                meanings.add(conditions);
            }
            RuleSet rules = RuleSet.compile(meanings.stream()
                    .map(list -> new Rule(list.stream().map(Meaning::condition).toList(), new Action.ToPool(0)))
                    .toList());
            for (int i = 0; i < 20; i++) {
                Case sample = sample();
                SipMessage message = sample.request.parse();
                IpPort source = IpPort.of(new InetSocketAddress(sample.source, 5060));
                int expected = IntStream.range(0, meanings.size())
                        .filter(r -> meanings.get(r).stream().allMatch(m -> m.holds.test(sample)))
                        .findFirst()
                        .orElse(RuleSet.NO_MATCH);
                assertThat(rules.match(message, source, sample.listener, sample.hash, scratch))
                        .as("%s", sample)
                        .isEqualTo(expected);
            }
        }
    }

    private Case sample() {
        String user = any(USERS);
        String host = any(HOSTS);
        String value = any(VALUES);
        Requests request = new Requests(
                any(METHODS),
                "sip:" + user + "@" + host.toUpperCase(Locale.ROOT),
                "sip:" + user + "@h",
                "sip:h",
                List.of("X-Value: " + value));
        return new Case(request, user, host, value, any(SOURCES), random.nextInt(3), random.nextLong());
    }

    private Meaning condition() {
        return switch (random.nextInt(8)) {
            case 0 -> {
                int number = random.nextInt(3);
                yield new Meaning(new Condition.OnListener(number), c -> c.listener == number);
            }
            case 1 -> source();
            case 2 -> {
                double percent = random.nextInt(0, 101);
                yield new Meaning(
                        new Condition.Percent(percent),
                        c -> (c.hash & 0xFFFF_FFFFL) < Math.round(percent / 100 * 4294967296.0));
            }
            case 3 -> {
                String method = any(METHODS);
                yield new Meaning(
                        new Condition.WithText(Part.METHOD, TextMatch.of(method)),
                        c -> c.request.method().equals(method));
            }
            case 4 -> text(Part.REQUEST_USER, any(USERS), Case::user);
            case 5 -> text(Part.REQUEST_HOST, any(HOSTS), Case::host);
            case 6 -> text(Part.FROM_USER, any(USERS), Case::user);
            default -> text(new Condition.Header(new HeaderName("x-value")), any(VALUES), Case::value);
        };
    }

    private Meaning source() {
        String one = any(RANGES);
        String other = any(RANGES);
        return new Meaning(
                new Condition.FromSource(List.of(Cidr.of(one), Cidr.of(other))),
                c -> inside(c.source, one) || inside(c.source, other));
    }

    private static boolean inside(String address, String range) {
        return switch (range) {
            case "10.0.0.0/8" -> address.startsWith("10.");
            case "10.1.2.0/24" -> address.startsWith("10.1.2.");
            case "0.0.0.0/0" -> !address.contains(":");
            case "2001:db8::/32" -> address.startsWith("2001:db8:");
            default -> address.equals(range);
        };
    }

    private Meaning text(Condition.Field field, String exact, Function<Case, String> part) {
        String match = random.nextInt(3) == 0 ? any(PATTERNS) : exact;
        Pattern pattern = Pattern.compile(match.startsWith("/") ? match.substring(1, match.length() - 1) : "");
        Predicate<String> holds =
                match.startsWith("/") ? text -> pattern.matcher(text).find() : match::equals;
        return new Meaning(new Condition.WithText(field, TextMatch.of(match)), c -> holds.test(part.apply(c)));
    }
}
