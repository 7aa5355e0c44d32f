package org.strowger.proxy.explain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.strowger.proxy.balancing.HeaderName;
import org.strowger.proxy.routing.Action;
import org.strowger.proxy.routing.Cidr;
import org.strowger.proxy.routing.Condition;
import org.strowger.proxy.routing.Ingress;
import org.strowger.proxy.routing.Rule;
import org.strowger.proxy.routing.RuleScratch;
import org.strowger.proxy.routing.RuleSet;
import org.strowger.proxy.routing.TextMatch;
import org.strowger.sip.IpPort;
import org.strowger.sip.ParseFailure;
import org.strowger.sip.SipMessage;
import org.strowger.sip.SipParser;

/** Rules tried one after the other pick the same rule as the compiled ones. */
class PlainRulesTest {
    private static final String[] USERS = {"bob", "b%6fb", "1900", "+4930123", "19001", ""};
    private static final String[] URIS = {"sip:%s@%s", "sip:%s@%s;user=phone", "sips:%s@%s:5061"};
    private static final String[] HOSTS = {"example.com", "EXAMPLE.com.", "sub.example.com", "10.0.0.1", "[2001:db8::1]"
    };
    private static final String[] TEXTS = {
        "bob",
        "1900",
        "/^1900/",
        "/[0-9]+$/",
        "/o/",
        "/^(bob|one)$/",
        "example.com",
        "Example.COM",
        "/example/",
        "one",
        "/\\bone\\b/",
        "INVITE",
        "/^[IR]/",
        "/^$/"
    };
    private static final String[] VALUES = {"X-Value: one", "X-Value: two", "x-value:one two", "Subject: one", "s: one"
    };
    private static final String[] SOURCES = {
        "10.1.2.3", "10.1.3.4", "192.0.2.1", "2001:db8::1", "0.0.0.0", "255.255.255.255"
    };
    private static final String[] RANGES = {
        "10.0.0.0/8", "10.1.2.0/24", "10.1.2.3", "0.0.0.0/0", "2001:db8::/32", "::/0"
    };
    private static final String[] METHODS = {"INVITE", "REGISTER", "FOO", "invite"};

    private final SplittableRandom random = new SplittableRandom(20261124);

    private String any(String[] texts) {
        return texts[random.nextInt(texts.length)];
    }

    @Test
    void pickTheSameRuleAsTheCompiledOnes() {
        RuleScratch scratch = new RuleScratch();
        int matched = 0;
        for (int round = 0; round < 200; round++) {
            List<Rule> rules = new ArrayList<>();
            for (int n = random.nextInt(1, 40); n > 0; n--) {
                List<Condition> conditions = new ArrayList<>();
                for (int c = random.nextInt(1, 5); c > 0; c--) {
                    conditions.add(condition());
                }
                rules.add(new Rule(conditions, new Action.ToPool(0)));
            }
            RuleSet compiled = RuleSet.compile(rules);
            for (int i = 0; i < 20; i++) {
                SipMessage message = message();
                Ingress in = new Ingress();
                in.setDatagram(random.nextInt(4), IpPort.of(new InetSocketAddress(any(SOURCES), 5060)));
                long hash = random.nextLong();
                PlainRules plain = new PlainRules(message, in, hash, List.of());
                int expected = compiled.match(message, in.source(), in.listener(), hash, scratch);
                int found = RuleSet.NO_MATCH;
                for (int rule = 0; rule < rules.size() && found == RuleSet.NO_MATCH; rule++) {
                    found = plain.judge(rules.get(rule)).matches() ? rule : RuleSet.NO_MATCH;
                }
                assertThat(found).isEqualTo(expected);
                matched += found == RuleSet.NO_MATCH ? 0 : 1;
            }
        }
        assertThat(matched).isBetween(800, 3960);
    }

    private SipMessage message() {
        String method = any(METHODS);
        String uri =
                random.nextInt(10) == 0 ? "tel:1900;phone-context=x" : any(URIS).formatted(any(USERS), any(HOSTS));
        String readable = uri.replace(":@", ":");
        byte[] bytes = (method + " " + readable + " SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:"
                        + any(new String[] {"bob", "1900"}) + "@h>;tag=1\r\nTo: <sip:bob@h>\r\nCall-ID: x@y\r\nCSeq: 1 "
                        + method + "\r\n" + any(VALUES) + "\r\n" + any(VALUES) + "\r\n\r\n")
                .getBytes(UTF_8);
        SipMessage message = new SipMessage(32);
        assertThat(new SipParser().parse(bytes, 0, bytes.length, message)).isEqualTo(ParseFailure.NONE);
        return message;
    }

    private Condition condition() {
        return switch (random.nextInt(6)) {
            case 0 -> new Condition.OnListener(random.nextInt(4));
            case 1 -> new Condition.FromSource(List.of(Cidr.of(any(RANGES)), Cidr.of(any(RANGES))));
            case 2 -> new Condition.Percent(random.nextInt(5) * 25.0);
            case 3 ->
                new Condition.WithText(
                        new Condition.Header(new HeaderName(random.nextBoolean() ? "X-Value" : "Subject")),
                        TextMatch.of(any(TEXTS)));
            default ->
                new Condition.WithText(
                        Condition.Part.values()[random.nextInt(Condition.Part.values().length)],
                        List.of(TextMatch.of(any(TEXTS)), TextMatch.of(any(TEXTS))));
        };
    }
}
