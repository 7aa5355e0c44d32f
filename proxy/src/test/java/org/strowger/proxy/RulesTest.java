package org.strowger.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.proxy.balancing.HeaderName;
import org.strowger.proxy.config.Loading;
import org.strowger.proxy.config.StrowgerConfig;
import org.strowger.proxy.routing.Action;
import org.strowger.proxy.routing.Cidr;
import org.strowger.proxy.routing.Condition;
import org.strowger.proxy.routing.Condition.Part;
import org.strowger.proxy.routing.Rule;
import org.strowger.proxy.routing.TextMatch;

/** Every key of a rule in the file reaches the data path. */
class RulesTest {
    private static final String FILE = """
            listeners { inside { transport = udp, bind = "127.0.0.1:5080" }, outside { transport = udp, bind = "127.0.0.1:5060" } }
            pools { b { backends = ["udp:127.0.0.2:5060"] }, a { backends = ["udp:127.0.0.3:5060"] } }
            rules = [
              { listener = outside, source = ["192.0.2.0/24", "::/0", "0.0.0.0/0"], reject = 403 }
              { method = [REGISTER, FOO], request-user = bob, request-host = Example.com, pool = b }
              { from-user = "/^1/", to-user = "/2$/", header."X-A" = c, percent = 12.5, pool = a }
              { pool = a }
            ]
            """;

    @TempDir
    private Path folder = Path.of(".");

    private static Condition text(Condition.Field field, String match) {
        return new Condition.WithText(field, TextMatch.of(match));
    }

    @Test
    void everyKeyOfARuleIsTaken() throws IOException {
        StrowgerConfig config = load();
        ListenerNumbers numbers = new ListenerNumbers(List.of("inside", "outside"));
        assertThat(Rules.of(config, numbers).rules().stream()
                        .map(rule -> new Rule(rule.conditions(), rule.action()))
                        .toList())
                .containsExactly(
                        new Rule(
                                List.of(
                                        new Condition.OnListener(numbers.of("outside")),
                                        new Condition.FromSource(List.of(
                                                Cidr.of("192.0.2.0/24"), Cidr.of("::/0"), Cidr.of("0.0.0.0/0")))),
                                new Action.Reject(403)),
                        new Rule(
                                List.of(
                                        new Condition.WithText(
                                                Part.METHOD, List.of(TextMatch.of("REGISTER"), TextMatch.of("FOO"))),
                                        text(Part.REQUEST_USER, "bob"),
                                        text(Part.REQUEST_HOST, "Example.com")),
                                new Action.ToPool(1)),
                        new Rule(
                                List.of(
                                        text(Part.FROM_USER, "/^1/"),
                                        text(Part.TO_USER, "/2$/"),
                                        text(new Condition.Header(new HeaderName("X-A")), "c"),
                                        new Condition.Percent(12.5)),
                                new Action.ToPool(0)),
                        new Rule(List.of(), new Action.ToPool(0)));
    }

    @Test
    void everyRuleKnowsItsLine() throws IOException {
        StrowgerConfig config = load();
        assertThat(Rules.of(config, new ListenerNumbers(List.of("inside", "outside")))
                        .rules())
                .extracting(rule -> rule.place().replace(folder + "/", ""))
                .containsExactly("test.conf:4", "test.conf:5", "test.conf:6", "test.conf:7");
    }

    private StrowgerConfig load() {
        return Loading.in(folder).loaded(FILE);
    }
}
