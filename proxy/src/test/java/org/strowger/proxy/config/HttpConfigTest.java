package org.strowger.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.discovery.Protocol;
import org.strowger.sip.Transport;

class HttpConfigTest {
    private static final String HEAD = "listeners { a { transport = udp, bind = \"127.0.0.1:0\" } }\n";

    @TempDir
    private Path folder;

    private List<String> problems(String text) {
        ConfigResult result = Loading.in(folder).text(HEAD + text);
        List<ConfigProblem> problems = result instanceof ConfigResult.Rejected rejected
                ? rejected.problems()
                : ((ConfigResult.Loaded) result).warnings();
        return problems.stream()
                .map(ConfigProblem::toString)
                .map(line -> line.substring(line.indexOf(".conf") + 5))
                .toList();
    }

    @Test
    void aPoolOfHttpIsRead() {
        StrowgerConfig config = Loading.in(folder).loaded(HEAD + """
                pools { j { backends = ["http:10.0.0.1:8188", "https:10.0.0.2", "http:[::1]"], sticky-cookie = S } }
                rules = [{ path = "/janus", host = "/x$/", pool = j }, { path = "/^a/", method = GET, reject = 404 }]
                """);
        PoolConfig pool = config.pools().get(0);

        assertThat(pool.isHttp()).isTrue();
        assertThat(pool.stickyCookie()).isEqualTo(Optional.of(new StickyCookieConfig("S", SameSite.LAX, false)));
        assertThat(pool.health().probe()).isEqualTo(new ProbeKind.Connect());
        assertThat(pool.backends()).allMatch(backend -> backend.protocol() == Protocol.HTTP);
        assertThat(pool.backends().get(1).id()).isEqualTo("https:10.0.0.2:443");
        assertThat(pool.backends().get(1).transport()).isEqualTo(Transport.TLS);
        assertThat(pool.backends().get(2).id()).isEqualTo("http:[0:0:0:0:0:0:0:1]:80");
        assertThat(config.rules().get(0).conditions()).contains(new Condition.Path(new TextMatch.Exact("/janus")));
    }

    @Test
    void whatHttpDoesNotHaveIsRefusedWithItsPlace() {
        assertThat(problems("""
                pools { j {
                  backends = ["http:10.0.0.1", "udp:10.0.0.2"]
                } }
                rules = [{ pool = j }]
                """))
                .anyMatch(line ->
                        line.contains(":3: pools.j.backends: 1 of 2 are http (expected: all of them, or none)"));
        assertThat(problems("""
                pools { j {
                  backends = ["http:10.0.0.1"]
                  balance = call-id
                  health { probe = options }
                  limits { calls = 5 }
                  redispatch { after = 1s }
                } }
                rules = [{ pool = j }]
                """))
                .anyMatch(
                        line -> line.contains(":4: pools.j.balance: call-id (expected: for http backends round-robin"))
                .anyMatch(line -> line.contains(":5: pools.j.health.probe: options (expected: for http backends"))
                .anyMatch(line -> line.contains(":6: pools.j.limits: set (expected: no such key for a pool of http"))
                .anyMatch(line -> line.contains(":7: pools.j.redispatch.after: set (expected: no such key"));
        assertThat(problems("""
                pools { s { backends = ["udp:10.0.0.1"], sticky-cookie = X } }
                rules = [{ pool = s }]
                """))
                .anyMatch(line -> line.contains(":2: pools.s.sticky-cookie: X (expected: off, or http: backends"));
    }

    @Test
    void rulesLeadEachProtocolToItsPools() {
        String pools = """
                pools { j { backends = ["http:10.0.0.1"] }, s { backends = ["udp:10.0.0.1"] } }
                """;
        assertThat(problems(pools + """
                rules = [
                  { path = "/a", pool = s }
                  { request-user = a, pool = j }
                  { path = "/a", to-user = b, reject = 403 }
                  { path = "a", pool = j }
                  { path = "/a/../b", pool = j }
                  { pool = j }, { pool = s }
                ]
                """))
                .anyMatch(line -> line.contains(":4: rules[0].pool: s (expected: a pool of http backends"))
                .anyMatch(line -> line.contains(":5: rules[1].pool: j (expected: a pool of SIP backends"))
                .anyMatch(line -> line.contains(":6: rules[2]: path or host with a condition on SIP"))
                .anyMatch(line -> line.contains(":7: rules[3].path: a (expected: /path, and what is below it"))
                .anyMatch(line -> line.contains(":8: rules[4].path:"));
    }

    @Test
    void aRuleThatTakesAllOfOneProtocolLeavesTheOther() {
        String pools = """
                pools { j { backends = ["http:10.0.0.1"] }, s { backends = ["udp:10.0.0.1"] } }
                """;
        assertThat(problems(pools + "rules = [{ pool = s }, { pool = j }]")).isEmpty();
        assertThat(problems(pools + "rules = [{ pool = s }, { pool = j }, { method = [GET, BYE], reject = 403 }]"))
                .anyMatch(line -> line.contains("unreachable"));
        assertThat(problems(pools + "rules = [{ pool = s }, { method = BYE, reject = 403 }, { pool = j }]"))
                .isEmpty();
    }

    @Test
    void twoPoolsOfOneHostHaveCookiesOfTheirOwn() {
        String pools = """
                pools {
                  a { backends = ["http:10.0.0.1:8088"], sticky-cookie = S }
                  b {
                    backends = ["http:10.0.0.1:8188"]
                    sticky-cookie = S
                  }
                }
                """;
        String refused = ":6: pools.b.sticky-cookie: S (expected: another name than that of pools.a";
        assertThat(problems(pools + "rules = [{ path = \"/x\", pool = a }, { pool = b }]"))
                .anyMatch(line -> line.contains(refused));
        assertThat(problems(
                        pools + "rules = [{ host = \"x.example\", pool = a }, { host = \"X.example.\", pool = b }]"))
                .anyMatch(line -> line.contains(refused));
        assertThat(problems(pools + "rules = [{ host = \"x.example\", pool = a }, { host = \"y.example\", pool = b }]"))
                .isEmpty();
        assertThat(problems(pools.replace("8188", "8088") + "rules = [{ path = \"/x\", pool = a }, { pool = b }]"))
                .isEmpty();
    }

    @Test
    void aWebSocketHandshakeIsAProbeOfHttp() {
        String pools = "pools { j { backends = [\"http:10.0.0.1\"], health.probe = \"%s\" } }\nrules = [{ pool = j }]";
        assertThat(Loading.in(folder)
                        .loaded(HEAD + pools.formatted("websocket:/janus janus-protocol"))
                        .pools()
                        .get(0)
                        .health()
                        .probe())
                .isEqualTo(new ProbeKind.WebSocket("/janus", "janus-protocol"));
        assertThat(problems(pools.formatted("websocket:/ws"))).isEmpty();
        assertThat(problems(pools.formatted("websocket")))
                .anyMatch(line -> line.contains(":2: pools.j.health.probe: websocket (expected: for http backends"));
        for (String bad : List.of("websocket:ws", "websocket:/ws ", "websocket:/ws a b", "websocket:")) {
            assertThat(problems(pools.formatted(bad)))
                    .anyMatch(line -> line.contains("(expected: websocket:/ and the path, then a blank"));
        }
    }
}
