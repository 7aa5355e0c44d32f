package org.strowger.proxy.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.strowger.proxy.balancing.HeaderName;
import org.strowger.proxy.routing.Condition.Part;
import org.strowger.sip.IpPort;

/** One condition at a time, and how they combine. */
class RuleSetTest {
    private final RuleScratch scratch = new RuleScratch();
    private String source = "192.0.2.1";
    private int listener;
    private long hash;

    private int match(Requests request, Condition... conditions) {
        return match(request, RuleSet.compile(List.of(new Rule(List.of(conditions), new Action.ToPool(0)))));
    }

    private int match(Requests request, RuleSet rules) {
        IpPort from = IpPort.of(new InetSocketAddress(source, 5060));
        return rules.match(request.parse(), from, listener, hash, scratch);
    }

    private static Condition text(Condition.Field field, String match) {
        return new Condition.WithText(field, TextMatch.of(match));
    }

    private static Condition header(String name, String match) {
        return text(new Condition.Header(new HeaderName(name)), match);
    }

    private static Condition source(String... ranges) {
        return new Condition.FromSource(Arrays.stream(ranges).map(Cidr::of).toList());
    }

    @Test
    void theFirstRuleThatMatchesWins() {
        RuleSet rules = RuleSet.compile(List.of(
                new Rule(List.of(text(Part.METHOD, "REGISTER")), new Action.ToPool(4)),
                new Rule(List.of(text(Part.REQUEST_USER, "/^1900/")), new Action.Reject(403)),
                new Rule(List.of(), new Action.ToPool(7))));
        assertThat(rules.action(match(Requests.of("REGISTER", "sip:b"), rules))).isEqualTo(new Action.ToPool(4));
        assertThat(rules.action(match(Requests.of("INVITE", "sip:19001@b"), rules)))
                .isEqualTo(new Action.Reject(403));
        assertThat(rules.action(match(Requests.of("INVITE", "sip:01900@b"), rules)))
                .isEqualTo(new Action.ToPool(7));
    }

    @Test
    void withoutRulesNothingMatches() {
        assertThat(match(Requests.of("INVITE", "sip:b"), RuleSet.compile(List.of())))
                .isEqualTo(RuleSet.NO_MATCH);
    }

    @Test
    void methodsAreExactAndMayBeUnknown() {
        assertThat(match(Requests.of("INVITE", "sip:b"), text(Part.METHOD, "INVITE")))
                .isZero();
        assertThat(match(Requests.of("INVITE", "sip:b"), text(Part.METHOD, "invite")))
                .isNegative();
        assertThat(match(Requests.of("FOO", "sip:b"), text(Part.METHOD, "FOO"))).isZero();
        Condition either = new Condition.WithText(Part.METHOD, List.of(TextMatch.of("BYE"), TextMatch.of("INVITE")));
        assertThat(match(Requests.of("INVITE", "sip:b"), either)).isZero();
        assertThat(match(Requests.of("FOO", "sip:b"), either)).isNegative();
    }

    @Test
    void hostsAreComparedWithoutCaseAndFinalDot() {
        Condition host = text(Part.REQUEST_HOST, "Example.COM");
        assertThat(match(Requests.of("INVITE", "sip:a@eXample.com:5070;lr"), host))
                .isZero();
        assertThat(match(Requests.of("INVITE", "sip:example.com."), host)).isZero();
        assertThat(match(Requests.of("INVITE", "sip:a@sub.example.com"), host)).isNegative();
        assertThat(match(
                        Requests.of("INVITE", "sip:a@SUB.Example.com"), text(Part.REQUEST_HOST, "/\\.example\\.com$/")))
                .isZero();
        assertThat(match(Requests.of("INVITE", "sip:a@[2001:DB8::1]"), text(Part.REQUEST_HOST, "[2001:db8::1]")))
                .isZero();
        assertThat(match(Requests.of("INVITE", "tel:+49"), host)).isNegative();
    }

    @Test
    void usersAreComparedWithTheirEscapesUndone() {
        Condition premium = text(Part.REQUEST_USER, "/^1900/");
        assertThat(match(Requests.of("INVITE", "sip:1900123@b"), premium)).isZero();
        assertThat(match(Requests.of("INVITE", "sip:%31%3900123@b"), premium)).isZero();
        assertThat(match(Requests.of("INVITE", "tel:1900123;phone-context=+1"), premium))
                .isZero();
        assertThat(match(Requests.of("INVITE", "sip:b"), premium)).isNegative();
        assertThat(match(Requests.of("INVITE", "sip:Bob@b"), text(Part.REQUEST_USER, "bob")))
                .isNegative();
        assertThat(match(Requests.of("INVITE", "sip:b"), text(Part.FROM_USER, "alice")))
                .isZero();
        assertThat(match(Requests.of("INVITE", "sip:b"), text(Part.TO_USER, "/^b.b$/")))
                .isZero();
    }

    @Test
    void headersAreFoundInAnyCaseAndForm() {
        Requests request =
                Requests.of("INVITE", "sip:b").with("x-tenant: one", "X-TENANT:  two words \t", "s: hi", "User-Agent:");
        assertThat(match(request, header("X-Tenant", "two words"))).isZero();
        assertThat(match(request, header("X-Tenant", "one"), header("X-Tenant", "two words")))
                .isZero();
        assertThat(match(request, header("X-Tenant", "one"), header("X-Tenant", "three")))
                .isNegative();
        assertThat(match(request, header("Subject", "/h./"))).isZero();
        assertThat(match(request, header("User-Agent", ""))).isZero();
        assertThat(match(request, header("X-None", ""))).isNegative();
        assertThat(match(request, header("X-Tenant", "Two words"))).isNegative();
    }

    @Test
    void sourcesAreRangesOfOneFamily() {
        Requests request = Requests.of("INVITE", "sip:b");
        assertThat(match(request, source("192.0.2.0/24"))).isZero();
        assertThat(match(request, source("192.0.2.1"))).isZero();
        assertThat(match(request, source("192.0.2.1/32", "192.0.2.1"))).isZero();
        assertThat(match(request, source("10.0.0.0/8", "0.0.0.0/0"))).isZero();
        assertThat(match(request, source("192.0.2.2/31", "192.0.2.0/32"))).isNegative();
        assertThat(match(request, source("::/0"))).isNegative();
        assertThat(match(request, source())).isNegative();
        source = "2001:db8::ffff";
        assertThat(match(request, source("2001:db8::/64"))).isZero();
        assertThat(match(request, source("2001:db8:0:1::/64", "2001:db8::/113")))
                .isNegative();
        assertThat(match(request, source("0.0.0.0/0"))).isNegative();
        assertThat(match(request, source("::/0"))).isZero();
        source = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
        assertThat(match(request, source("ff00::/8"))).isZero();
        source = "255.255.255.255";
        assertThat(match(request, source("255.0.0.0/8"))).isZero();
    }

    @Test
    void badSourcesAreRefused() {
        for (String bad : List.of("", "example.com", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "::1/129", "1.2.3.4/")) {
            assertThatThrownBy(() -> Cidr.of(bad))
                    .hasMessage("source: " + bad + " (expected: an IP address or address/prefix)");
        }
    }

    @Test
    void listenersGoByNumber() {
        listener = 3;
        assertThat(match(Requests.of("INVITE", "sip:b"), new Condition.OnListener(3)))
                .isZero();
        listener = 4;
        assertThat(match(Requests.of("INVITE", "sip:b"), new Condition.OnListener(3)))
                .isNegative();
    }

    @Test
    void percentagesAreStableAndNested() {
        RuleSet rules = RuleSet.compile(List.of(
                new Rule(List.of(new Condition.Percent(10)), new Action.ToPool(0)),
                new Rule(List.of(new Condition.Percent(5)), new Action.ToPool(1)),
                new Rule(List.of(new Condition.Percent(25)), new Action.ToPool(2)),
                new Rule(List.of(new Condition.Percent(100)), new Action.ToPool(3))));
        int[] counts = new int[4];
        for (int i = 0; i < 1000; i++) {
            hash = (long) i << 54 | ((2L * i + 1) * (1L << 32) / 2000);
            counts[match(Requests.of("INVITE", "sip:b"), rules)]++;
        }
        assertThat(counts).containsExactly(100, 0, 150, 750);
        assertThat(match(Requests.of("INVITE", "sip:b"), new Condition.Percent(0)))
                .isNegative();
    }

    @Test
    void badPatternsAreRefusedWithTheReason() {
        assertThatThrownBy(() -> TextMatch.of("/a(b/"))
                .hasMessageStartingWith("pattern: ")
                .hasMessageContaining("missing closing )")
                .hasMessageEndingWith("(expected: RE2 syntax)");
        assertThat(TextMatch.of("/")).isEqualTo(new TextMatch.Exact("/"));
    }

    @Test
    void theLastOfAThousandRulesIsFound() {
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < 999; i++) {
            Condition condition = switch (i % 3) {
                case 0 -> text(Part.REQUEST_USER, "user" + i);
                case 1 -> text(Part.REQUEST_HOST, "host" + i + ".example.com");
                default -> source("10." + i / 256 + "." + i % 256 + ".0/24");
            };
            rules.add(new Rule(List.of(condition), new Action.Reject(403)));
        }
        rules.add(new Rule(List.of(text(Part.REQUEST_USER, "bob")), new Action.ToPool(1)));
        RuleSet set = RuleSet.compile(rules);
        assertThat(match(Requests.of("INVITE", "sip:bob@example.com"), set)).isEqualTo(999);
        assertThat(match(Requests.of("INVITE", "sip:carol@example.com"), set)).isEqualTo(RuleSet.NO_MATCH);
        assertThat(match(Requests.of("INVITE", "sip:bob@host100.example.com"), set))
                .isEqualTo(100);
    }
}
