package org.strowger.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.strowger.proxy.routing.Action;
import org.strowger.proxy.routing.Cidr;
import org.strowger.sip.IpPort;

class HttpRulesTest {

    private static HttpCondition.Subject subject(String target, String extra) {
        RequestHead head = Recorded.of("GET " + target + " HTTP/1.1\r\nHost: App.Example.com:80\r\n" + extra + "\r\n")
                .heads
                .get(0);
        IpPort source = new IpPort();
        source.setIpv4(0xC0000201, 4000);
        return HttpCondition.Subject.of(head, new Visitor(3, source, 80, Visitor.Security.PLAIN));
    }

    private static boolean holds(HttpCondition condition, String target) {
        return condition.holds(subject(target, "X-A: 1\r\nx-a: two\r\n"));
    }

    @Test
    void aPathHoldsForWhatIsBelowItBySegments() {
        HttpCondition janus = new HttpCondition.PathBelow("/janus");

        assertThat(holds(janus, "/janus")).isTrue();
        assertThat(holds(janus, "/janus?a=b")).isTrue();
        assertThat(holds(janus, "/janus/info")).isTrue();
        assertThat(holds(janus, "/x/../janus")).isTrue();
        assertThat(holds(janus, "/%6aanus")).isTrue();
        assertThat(holds(janus, "/janusx")).isFalse();
        assertThat(holds(janus, "/Janus")).isFalse();
        assertThat(holds(janus, "/a/janus")).isFalse();
        assertThat(holds(new HttpCondition.PathBelow("/"), "/anything")).isTrue();
        assertThat(holds(new HttpCondition.PathBelow("/janus/"), "/janus/1")).isTrue();
        assertThat(holds(new HttpCondition.PathBelow("/janus/"), "/janus")).isFalse();
    }

    @Test
    void conditionsLookAtWhatTheyName() {
        assertThat(holds(new HttpCondition.PathLike(Pattern.compile("^/a.*z$")), "/abcz"))
                .isTrue();
        assertThat(holds(new HttpCondition.Host(new HttpCondition.Exact("app.example.com")), "/"))
                .isTrue();
        assertThat(holds(new HttpCondition.Host(new HttpCondition.Exact("example.com")), "/"))
                .isFalse();
        assertThat(holds(new HttpCondition.Method(List.of("POST", "GET")), "/")).isTrue();
        assertThat(holds(new HttpCondition.Method(List.of("POST")), "/")).isFalse();
        assertThat(holds(new HttpCondition.Field("X-a", new HttpCondition.Exact("two")), "/"))
                .isTrue();
        assertThat(holds(new HttpCondition.Field("X-a", new HttpCondition.Like(Pattern.compile("^t"))), "/"))
                .isTrue();
        assertThat(holds(new HttpCondition.Field("X-b", new HttpCondition.Exact("two")), "/"))
                .isFalse();
        assertThat(holds(new HttpCondition.FromSource(List.of(Cidr.of("192.0.2.0/24"))), "/"))
                .isTrue();
        assertThat(holds(new HttpCondition.FromSource(List.of(Cidr.of("10.0.0.0/8"))), "/"))
                .isFalse();
        assertThat(holds(new HttpCondition.OnListener(3), "/")).isTrue();
        assertThat(holds(new HttpCondition.OnListener(4), "/")).isFalse();
        assertThat(holds(new HttpCondition.Percent(100), "/")).isTrue();
        assertThat(holds(new HttpCondition.Percent(0), "/")).isFalse();
    }

    @Test
    void theFirstRuleThatMatchesWins() {
        HttpRules rules = new HttpRules(List.of(
                new HttpRules.Rule(1, List.of(new HttpCondition.PathBelow("/a")), new Action.Reject(403), ""),
                new HttpRules.Rule(2, List.of(new HttpCondition.PathBelow("/")), new Action.ToPool(0), ""),
                new HttpRules.Rule(3, List.of(), new Action.ToPool(1), "")));

        assertThat(rules.match(subject("/a/b", ""))).isZero();
        assertThat(rules.match(subject("/b", ""))).isEqualTo(1);
        assertThat(new HttpRules(List.of()).match(subject("/b", ""))).isEqualTo(HttpRules.NO_MATCH);
    }
}
