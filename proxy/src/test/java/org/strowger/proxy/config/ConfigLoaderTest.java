package org.strowger.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.discovery.Backend;
import org.strowger.sip.IpPort;
import org.strowger.sip.IpText;

/** What files turn into. */
class ConfigLoaderTest {
    private static final String MINIMAL = """
            listeners { a { transport = udp, bind = "127.0.0.1:0" } }
            pools { p { backends = ["udp:127.0.0.1"] } }
            rules = [{ pool = p }]
            """;

    private static final Path CONF = Path.of("..", "conf");

    @TempDir
    Path folder;

    @Test
    void threeKeysAreEnough() {
        ConfigResult result = Loading.in(folder).file(CONF.resolve("strowger.conf"));
        assertThat(Loading.in(folder).lines(result)).isEmpty();
        StrowgerConfig config = ((ConfigResult.Loaded) result).config();
        assertThat(config.node().name()).isEqualTo("exchange-1");
        assertThat(config.eventLoops()).isEqualTo(Loading.PROCESSORS);
        assertThat(config.clusterKey()).isPresent();
        assertThat(config.listeners()).extracting(ListenerConfig::name).containsExactly("tcp", "udp");
        assertThat(IpPort.of(config.admin().bind())).hasToString("127.0.0.1:8060");
        assertThat(config.protection()).isEqualTo(new ProtectionConfig(65_536, 256));
    }

    @Test
    void theFullFileLoadsWithoutWarnings() {
        ConfigResult result = Loading.in(folder).file(CONF.resolve("full.conf"));
        assertThat(Loading.in(folder).lines(result)).isEmpty();
        StrowgerConfig config = ((ConfigResult.Loaded) result).config();
        assertThat(config.rules()).hasSize(11);
        assertThat(config.pools())
                .extracting(PoolConfig::name)
                .containsExactly(
                        "conferences",
                        "janus",
                        "lab",
                        "legacy",
                        "legacy-udp",
                        "media",
                        "registrars",
                        "rooms",
                        "tenants");
        PoolConfig conferences = config.pools().get(0);
        assertThat(conferences.limitsOf(conferences.backends().get(0))).isEqualTo(new LimitsConfig(400, 50));
        assertThat(conferences.limitsOf(conferences.backends().get(2))).isEqualTo(new LimitsConfig(900, 50));
        PoolConfig registrars = config.pools().get(6);
        assertThat(registrars.balance()).isEqualTo(new Balance.CallId());
        assertThat(registrars.boundedLoad()).isEqualTo(OptionalDouble.of(1.25));
        Backend second = registrars.backends().get(1);
        assertThat(second.id()).isEqualTo("udp:10.0.1.11:5060");
        assertThat(second).extracting(Backend::weight, Backend::zone).containsExactly(2, "eu-west-1a");
        ListenerConfig publicTcp = config.listeners().get(2);
        assertThat(publicTcp.advertise()).isEqualTo(new Advertise.Fixed("203.0.113.10", 5060));
        assertThat(publicTcp.idleTimeout()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void rulesBecomeConditionsAndAnAction() {
        StrowgerConfig config = Loading.in(folder).loaded(MINIMAL + """
            rules = [{
              listener = a, source = ["192.0.2.0/24", "2001:db8::/32"], method = [INVITE, FOO-BAR], request-user = "/^1900/"
              request-host = "example.com", from-user = alice, to-user = 100, header { "X.Y" = "/z/", Z = "1" }, percent = 2.5
              reject = 403
            }]
            """);
        RuleConfig rule = config.rules().get(0);
        assertThat(rule.action()).isEqualTo(new RuleConfig.Reject(403));
        assertThat(rule.conditions().get(0)).isEqualTo(new Condition.Listener("a"));
        assertThat(rule.conditions().get(1).toString()).contains("192.0.2.0/24").contains("2001:db8::/32");
        assertThat(rule.conditions().get(2)).isEqualTo(new Condition.Method(List.of("INVITE", "FOO-BAR")));
        assertThat(((TextMatch.Regex) ((Condition.RequestUser) rule.conditions().get(3)).match())
                        .pattern()
                        .pattern())
                .isEqualTo("^1900");
        assertThat(rule.conditions().get(4)).isEqualTo(new Condition.RequestHost(new TextMatch.Exact("example.com")));
        assertThat(rule.conditions().get(6)).isEqualTo(new Condition.ToUser(new TextMatch.Exact("100")));
        assertThat(rule.conditions().get(7)).isInstanceOf(Condition.Header.class);
        assertThat(rule.conditions().get(8)).isEqualTo(new Condition.Header("Z", new TextMatch.Exact("1")));
        assertThat(rule.conditions().get(9)).isEqualTo(new Condition.Percent(2.5));
    }

    @Test
    void theEnvironmentFillsSubstitutions() {
        String text = MINIMAL + "node.name = ${?NODE}, event-loops = ${?LOOPS}, admin.bind = ${?IP}\":8060\"";
        Loading loading = Loading.in(folder);
        Map<String, String> variables =
                Map.of("STROWGER_CLUSTER_KEY", Loading.KEY, "NODE", "n1", "LOOPS", "3", "IP", "127.0.0.2");
        StrowgerConfig config = loading.with(variables).loaded(text);
        assertThat(config.node().name()).isEqualTo("n1");
        assertThat(config.eventLoops()).isEqualTo(3);
        assertThat(IpPort.of(config.admin().bind())).hasToString("127.0.0.2:8060");
    }

    @Test
    void aBadVariableIsReportedWhereItIsFetched() {
        Loading loading = Loading.in(folder)
                .with(Map.of("STROWGER_CLUSTER_KEY", "c2hv", "LOOPS", "0", "IP", "nowhere", "pools", "x"));
        String text = MINIMAL + "event-loops = ${?LOOPS}\nadmin {\n  bind = ${?IP}\":8060\"\n}\n";
        assertThat(loading.lines(loading.text(text)))
                .containsExactly(
                        "test.conf:1: cluster-key: (secret) from environment variable STROWGER_CLUSTER_KEY (expected: "
                                + Syntax.key().expected() + "; this is 3 bytes)",
                        "test.conf:4: event-loops: 0 from environment variable LOOPS (expected: auto | 1..256)",
                        "test.conf:6: admin.bind: nowhere:8060 (expected: ip:port or [v6]:port, port 0..65535; a literal"
                                + " address, host names are not looked up here)");
    }

    @Test
    void aProblemOfAnIncludedFileNamesThatFile() {
        Loading loading = Loading.in(folder);
        loading.write("pools.conf", "# pools\npools {\n  q { backends = [\"udp:nowhere\"] }\n}\n");
        loading.write("broken.conf", "\n\nnode {{");
        String text = "include \"pools.conf\"\n" + MINIMAL;
        assertThat(loading.lines(loading.text(text)))
                .containsExactly(
                        "pools.conf:3: pools.q.backends[0]: udp:nowhere (expected: udp:ip[:port] | tcp:ip[:port] | tls:ip[:port]"
                                + " | ws:ip[:port][/path] | wss:ip[:port][/path] | http:ip[:port] | https:ip[:port],"
                                + " IPv6 in brackets; a literal address, host names are not looked up here)");
        assertThat(loading.lines(loading.text("include \"broken.conf\"\n" + MINIMAL)))
                .singleElement()
                .asString()
                .startsWith("broken.conf:3: syntax error");
    }

    @Test
    void theUsualMistakesOfSyntaxAreExplained() {
        Loading loading = Loading.in(folder);
        assertThat(loading.lines(loading.text("pools.p.backends = [udp:10.0.0.1]\n" + MINIMAL)))
                .singleElement()
                .asString()
                .endsWith("; a value with : / [ or * in it stands in quotes, as in \"0.0.0.0:5060\")");
        assertThat(loading.lines(loading.text(MINIMAL + "\nnode { zone = a")))
                .singleElement()
                .asString()
                .endsWith("; a } or ] is missing above)");
    }

    @Test
    void aMissingKeyIsAnErrorButForTheDemo() {
        Loading loading = Loading.in(folder).with(Map.of());
        assertThat(loading.lines(loading.text(MINIMAL)))
                .singleElement()
                .asString()
                .startsWith("test.conf:1: cluster-key: missing (expected: 32 bytes in base64");
        assertThat(loading.requiring(KeyRequirement.OPTIONAL).loaded(MINIMAL).clusterKey())
                .isEmpty();
    }

    @Test
    void theKeyFileIsBesideTheConfiguration() {
        Loading loading = Loading.in(folder);
        Path key = loading.write("cluster.key", Loading.KEY + "\n");
        StrowgerConfig config = loading.loaded(MINIMAL + "cluster-key-file = cluster.key");
        assertThat(config.clusterKeyFile()).isEqualTo(Optional.of(key));
        assertThat(config.clusterKey()).isEqualTo(Optional.of(new KeyMaterial(new byte[32])));
        assertThat(config.toString()).doesNotContain(Loading.KEY).contains("(secret)");
    }

    @Test
    void aFileThatIsNotThereIsReported() {
        Loading loading = Loading.in(folder);
        assertThat(loading.lines(loading.file(folder.resolve("absent.conf"))))
                .singleElement()
                .asString()
                .startsWith("absent.conf:1: unreadable (expected: a file; ");
        assertThat(loading.file(folder)).isInstanceOf(ConfigResult.Rejected.class);
    }

    @Test
    void endlessNestingIsReported() {
        Loading loading = Loading.in(folder);
        assertThat(loading.lines(loading.text("rules = " + "[".repeat(200_000))))
                .containsExactly("test.conf:1: nested too deeply (expected: a few levels of braces and brackets)");
    }

    @Test
    void networksContainTheirAddresses() {
        Cidr network = ((Parsed.Ok<Cidr>) AddressSyntax.network().parse("192.0.2.128/25")).value();
        assertThat(network).hasToString("192.0.2.128/25");
        assertThat(network.contains(ip("192.0.2.129"))).isTrue();
        assertThat(network.contains(ip("192.0.2.127"))).isFalse();
        Cidr all = ((Parsed.Ok<Cidr>) AddressSyntax.network().parse("0.0.0.0/0")).value();
        assertThat(all.contains(ip("203.0.113.1"))).isTrue();
        assertThat(all.contains(ip("2001:db8::1"))).isFalse();
    }

    @Test
    void suggestionsAreNearWordsOnly() {
        List<String> words = List.of("backends", "balance", "path");
        assertThat(Nearest.to("blance", words)).hasValue("balance");
        assertThat(Nearest.to("PATH", words)).hasValue("path");
        assertThat(Nearest.to("health", words)).isEmpty();
        assertThat(Nearest.edits("meida", "media")).isEqualTo(1);
        assertThat(Nearest.edits("", "abc")).isEqualTo(3);
    }

    private static IpPort ip(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        IpPort address = new IpPort();
        assertThat(IpText.readHost(bytes, 0, bytes.length, address)).isTrue();
        return address;
    }
}
