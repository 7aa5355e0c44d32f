package org.strowger.proxy.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.proxy.config.Loading;
import org.strowger.proxy.config.StrowgerConfig;

final class PlanTest {
    private static final String FIRST = """
            event-loops = 1
            listeners {
              udp { transport = udp, bind = "127.0.0.1:5060" }
              tcp { transport = tcp, bind = "127.0.0.1:5060", max-connections = 100 }
              inside { transport = udp, bind = "127.0.0.1:5080", side = internal }
            }
            pools.media { backends = ["udp:10.0.0.1:5060", { address = "udp:10.0.0.2:5060", weight = 2 }], balance = call-id }
            rules = [ { method = REGISTER, request-user = "/^1/", pool = media }, { pool = media } ]
            admin { token = "0123456789abcdef" }
            """;

    @TempDir
    private Path folder;

    private StrowgerConfig first;

    @BeforeEach
    void load() {
        first = Loading.in(folder).loaded(FIRST);
    }

    private Plan plan(String from, String to) {
        assertThat(FIRST).contains(from);
        return Plan.of(first, Loading.in(folder).loaded(FIRST.replace(from, to)));
    }

    private List<String> changes(String from, String to) {
        return plan(from, to).changes().stream().map(ConfigChange::toString).toList();
    }

    @Test
    void theSameFileIsNoChange() {
        assertThat(plan("call-id", "call-id").changes()).isEmpty();
    }

    @Test
    void everyKeyThatDiffersIsNamedWithBothValues() {
        assertThat(changes("call-id", "\"header:X-Room\""))
                .containsExactly("pools.media.balance: call-id -> header X-Room");
        assertThat(changes("weight = 2", "weight = 5"))
                .containsExactly("pools.media.backends[udp:10.0.0.2:5060].weight: 2 -> 5");
        assertThat(changes("\"udp:10.0.0.1:5060\"", "\"tcp:10.0.0.1:5060\""))
                .containsExactly(
                        "pools.media.backends[tcp:10.0.0.1:5060]: none -> weight 1",
                        "pools.media.backends[udp:10.0.0.1:5060]: weight 1 -> none");
        assertThat(changes("weight = 2", "weight = 2, limits.calls = 9"))
                .containsExactly("pools.media.backend-limits[udp:10.0.0.2:5060]: none -> present");
        assertThat(changes("max-connections = 100", "max-connections = 200, idle-timeout = 90s"))
                .contains("listeners.tcp.max-connections: 100 -> 200")
                .anyMatch(line -> line.startsWith("listeners.tcp.idle-timeout: ") && line.endsWith("-> 1m30s"));
        assertThat(changes("admin {", "logging.level = debug\nadmin {"))
                .containsExactly("logging.level: info -> debug");
        assertThat(changes("{ pool = media } ]", "{ reject = 403 } ]"))
                .singleElement()
                .asString()
                .startsWith("rules[1]: ")
                .contains("403")
                .doesNotContain("config");
    }

    @Test
    void secretsAreNotShown() {
        assertThat(changes("0123456789abcdef", "fedcba9876543210"))
                .containsExactly("admin.token: (secret) -> (secret), another one");
    }

    @Test
    void whatCannotChangeKeepsItsValueAndTheRestIsApplied() {
        Plan plan = plan(
                "event-loops = 1",
                "event-loops = 2\nprotection.max-headers = 99\nadmin.bind = \"127.0.0.1:8061\"\noutbound = disabled");
        assertThat(plan.changes())
                .extracting(ConfigChange::toString)
                .containsExactlyInAnyOrder(
                        "event-loops: 1 -> 2 (needs a restart)",
                        "protection.max-headers: " + first.protection().maxHeaders() + " -> 99 (needs a restart)",
                        "admin.bind: 127.0.0.1:8060 -> 127.0.0.1:8061 (needs a restart)",
                        "outbound: enabled -> disabled");
        assertThat(plan.inForce().eventLoops()).isEqualTo(1);
        assertThat(plan.inForce().protection()).isEqualTo(first.protection());
        assertThat(plan.inForce().outbound()).isNotEqualTo(first.outbound());
        assertThat(Plan.of(plan.inForce(), plan.inForce()).changes()).isEmpty();
    }

    @Test
    void theSourcePortsTowardsBackendsStay() {
        Plan moved = plan("127.0.0.1:5080", "127.0.0.1:5090");
        assertThat(moved.changes()).extracting(ConfigChange::effect).containsOnly(ConfigChange.Effect.NEEDS_RESTART);
        assertThat(moved.inForce().listeners()).containsExactlyInAnyOrderElementsOf(first.listeners());
        Plan gone = plan("inside { transport = udp, bind = \"127.0.0.1:5080\", side = internal }", "");
        assertThat(gone.inForce().listeners()).containsExactlyInAnyOrderElementsOf(first.listeners());
        assertThat(gone.changes())
                .extracting(ConfigChange::toString)
                .containsExactly("listeners.inside: present -> none (needs a restart)");
    }

    @Test
    void aListenerMovesWithTheRest() {
        Plan plan = plan(
                "udp { transport = udp, bind = \"127.0.0.1:5060\" }",
                "udp { transport = udp, bind = \"127.0.0.1:5070\" }");
        assertThat(plan.changes())
                .extracting(ConfigChange::toString)
                .containsExactly("listeners.udp.bind: 127.0.0.1:5060 -> 127.0.0.1:5070");
        assertThat(plan.inForce().listeners()).isNotEqualTo(first.listeners());
    }
}
