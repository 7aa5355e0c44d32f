package org.strowger.proxy.config;

import com.typesafe.config.ConfigObject;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.strowger.threading.RunsOn;

/** Reads the whole tree. */
@RunsOn(RunsOn.Runner.CONTROL)
final class RootReader {
    /** The keys of reference.conf that hold the defaults of entries; a file does not have them. */
    static final Set<String> ENTRY_DEFAULTS = Set.of(
            "listener-defaults",
            "pool-defaults",
            "backend-defaults",
            "rule-defaults",
            "tls-defaults",
            "certificate-defaults",
            "sticky-cookie-defaults");

    private final Section root;
    private final ConfigObject reference;
    private final Machine machine;
    private final KeyReader keys;
    private final Path folder;
    private final Problems problems;

    RootReader(Section root, ConfigObject reference, Machine machine, KeyReader keys, Path folder) {
        this.root = root;
        this.reference = reference;
        this.machine = machine;
        this.keys = keys;
        this.folder = folder;
        this.problems = root.problems();
    }

    /** The configuration, unless something fatal was found on the way. */
    Optional<StrowgerConfig> read() {
        root.refuseUnknownKeys(ENTRY_DEFAULTS);
        NodeConfig node = node(section("node"));
        KeyReader.Keys clusterKeys = keys.read(root);
        int eventLoops =
                root.read("event-loops", Syntax.integer(1, 256).orWord("auto", Math.min(machine.processors(), 256)));
        PortClaims claims = new PortClaims();
        AdminConfig admin = admin(section("admin"), claims);
        Entries entries = entries(eventLoops, claims);
        Outbound outbound = root.read("outbound", Syntax.oneOf(Outbound.class));
        ProtectionConfig protection = protection(section("protection"));
        UdpConfig udp = udp(section("udp"));
        TcpConfig tcp = tcp(section("tcp"));
        WebSocketConfig webSocket = webSocket(section("websocket"));
        HttpConfig http = HttpReader.http(section("http"));
        DnsConfig dns = dns(section("dns"));
        LoggingConfig logging = logging(section("logging"));
        claims.report(problems);
        if (problems.isFatal()) {
            return Optional.empty();
        }
        warnOfUnused(entries);
        new SecureCookies(entries.listeners(), entries.rules(), http)
                .check(entries.poolSection(), entries.pools(), problems);
        return Optional.of(new StrowgerConfig(
                node,
                clusterKeys.current(),
                clusterKeys.file(),
                clusterKeys.previous(),
                eventLoops,
                entries.tls(),
                entries.listeners(),
                entries.relays(),
                entries.pools(),
                entries.rules(),
                outbound,
                protection,
                udp,
                tcp,
                webSocket,
                http,
                dns,
                logging,
                admin));
    }

    /** What the file names itself, and where it names its pools. */
    private record Entries(
            List<TlsConfig> tls,
            List<ListenerConfig> listeners,
            List<RelayConfig> relays,
            List<PoolConfig> pools,
            List<RuleConfig> rules,
            Section poolSection) {}

    private Entries entries(int eventLoops, PortClaims claims) {
        Section listeners = root.section("listeners");
        Section pools = root.section("pools");
        Section tls = root.section("tls");
        List<TlsConfig> ends =
                new TlsReader(entry("tls-defaults"), entry("certificate-defaults"), folder, problems).read(tls);
        ListenerReader reader = new ListenerReader(
                entry("listener-defaults"),
                eventLoops,
                problems,
                claims,
                new ListenerReader.Known(pools.names(), tls.names()));
        List<ListenerConfig> ofSip = reader.read(listeners);
        List<PoolConfig> readPools = new PoolReader(
                        new PoolReader.Defaults(
                                entry("pool-defaults"), entry("backend-defaults"), entry("sticky-cookie-defaults")),
                        problems,
                        reader.relayUses(),
                        tls.names())
                .read(pools);
        new TlsUses(ends, problems).check(tls, users(ofSip, reader.relays()), pools, readPools);
        Set<String> http = readPools.stream()
                .filter(PoolConfig::isHttp)
                .map(PoolConfig::name)
                .collect(Collectors.toSet());
        RuleReader ruleReader =
                new RuleReader(entry("rule-defaults"), listeners.names(), pools.names(), http, problems);
        boolean needsRules = reader.relays().isEmpty() || !ofSip.isEmpty();
        List<RuleConfig> rules = needsRules || root.written("rules").isPresent() ? ruleReader.read(root) : List.of();
        Entries entries = new Entries(ends, ofSip, reader.relays(), readPools, rules, pools);
        refuseSharedPools(entries, reader.relayUses());
        new StickyCookies(pools, readPools, rules).check(problems);
        return entries;
    }

    /** By the names of listeners: the sections that hold their certificates. */
    private static Map<String, String> users(List<ListenerConfig> ofSip, List<RelayConfig> relays) {
        Map<String, String> users = new LinkedHashMap<>();
        ofSip.forEach(one -> one.tls().ifPresent(tls -> users.put(one.name(), tls)));
        relays.forEach(one -> one.tls().ifPresent(tls -> users.put(one.name(), tls)));
        return users;
    }

    /** What is right for a pool of SIP servers is not for one of anything else. */
    private void refuseSharedPools(Entries entries, Map<String, RelayReader.Use> relayed) {
        List<String> names = entries.poolSection().names();
        List<Located> places = entries.poolSection().entries();
        for (int i = 0; i < names.size(); i++) {
            RuleConfig.Pool use = new RuleConfig.Pool(names.get(i));
            RelayReader.Use relay = relayed.get(names.get(i));
            if (relay != null
                    && entries.rules().stream().anyMatch(rule -> rule.action().equals(use))) {
                problems.expected(
                        places.get(i),
                        "named by a rule and by listeners." + relay.listener(),
                        "a pool for SIP or for a relay; the same backends may be in two pools");
            }
        }
    }

    private NodeConfig node(Section section) {
        return new NodeConfig(
                section.read("name", Syntax.text("a name", 255).orWord("auto", machine.hostName())),
                section.read("zone", PoolReader.zone()));
    }

    private static ProtectionConfig protection(Section section) {
        return new ProtectionConfig(
                section.read("max-message", Syntax.size("1KiB", "16MiB")),
                section.read("max-headers", Syntax.integer(16, 4096)));
    }

    private static UdpConfig udp(Section section) {
        return new UdpConfig(
                section.read("receive-buffer", Syntax.size("64KiB", "256MiB")),
                section.read("send-buffer", Syntax.size("64KiB", "256MiB")),
                section.read("batch", Syntax.integer(1, 1024)),
                section.read("gather", Durations.orOff("10us", "10ms")));
    }

    private TcpConfig tcp(Section section) {
        int backlog = section.read("backlog", Syntax.integer(1, 65_535));
        Duration userTimeout = section.read("user-timeout", Durations.orOff("100ms", "1h"));
        int outboundQueue = section.read("outbound-queue", Syntax.size("64KiB", "256MiB"));
        Duration linger = section.read("linger", Durations.orOff("10ms", "1m"));
        Duration connectTimeout = section.read("connect-timeout", Syntax.duration("10ms", "1m"));
        Duration firstBackoff = section.read("first-backoff", Syntax.duration("10ms", "10m"));
        Duration maxBackoff = section.read("max-backoff", Syntax.duration("10ms", "1h"));
        if (firstBackoff.compareTo(maxBackoff) > 0) {
            problems.expected(
                    section.placeOf("first-backoff"),
                    firstBackoff.toMillis() + "ms",
                    "at most max-backoff, " + maxBackoff.toMillis() + "ms");
            firstBackoff = maxBackoff;
        }
        int connections = section.read("max-backend-connections", Syntax.integer(1, 1_000_000));
        return new TcpConfig(
                backlog, userTimeout, outboundQueue, linger, connectTimeout, firstBackoff, maxBackoff, connections);
    }

    private static WebSocketConfig webSocket(Section section) {
        return new WebSocketConfig(
                section.read("ping", Durations.orOff("1s", "1h")),
                section.read("pong-timeout", Syntax.duration("1s", "1h")),
                section.read("handshake-timeout", Syntax.duration("100ms", "5m")),
                section.read("drain", Durations.orOff("1s", "1h")));
    }

    private DnsConfig dns(Section section) {
        Duration timeout = section.read("timeout", Syntax.duration("10ms", "1m"));
        Optional<Located> written = section.written("servers");
        if (written.filter(Section::isList).isEmpty()) {
            Syntax<DnsServers> word = Syntax.<DnsServers>of(
                            "[ip[:port], ...]", text -> new Parsed.Bad<>("[ip[:port], ...]"))
                    .orWord("system", new DnsServers.FromSystem());
            return new DnsConfig(section.read("servers", word), timeout);
        }
        List<Located> elements = section.elements("servers");
        List<InetSocketAddress> servers = new ArrayList<>();
        for (Located element : elements) {
            section.parse(element, AddressSyntax.dnsServer()).ifPresent(servers::add);
        }
        if (elements.isEmpty()) {
            problems.expected(written.orElseThrow(), "none", "system, or a list of at least one server");
        }
        return new DnsConfig(servers.isEmpty() ? new DnsServers.FromSystem() : new DnsServers.Listed(servers), timeout);
    }

    private static LoggingConfig logging(Section section) {
        return new LoggingConfig(
                section.read("level", Syntax.oneOf(LogLevel.class)),
                section.read("format", Syntax.oneOf(LogFormat.class)));
    }

    private AdminConfig admin(Section section, PortClaims claims) {
        InetSocketAddress bind = section.read("bind", AddressSyntax.bind());
        claims.add(new PortClaims.Claim(section.placeOf("bind"), false, bind, 1));
        int before = problems.count();
        Optional<Secret> token = section.read("token", token());
        if (token.isEmpty() && !bind.getAddress().isLoopbackAddress()) {
            if (problems.count() == before) {
                problems.expected(
                        section.placeOf("token"),
                        "missing",
                        "a token, because " + bind.getAddress().getHostAddress() + " is not loopback");
            }
            bind = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        }
        return new AdminConfig(bind, token);
    }

    private static Syntax<Optional<Secret>> token() {
        String expected = "16..256 visible characters, or empty";
        return Syntax.of(expected, (String text) -> {
                    boolean good = text.length() >= 16
                            && text.length() <= 256
                            && text.chars().allMatch(c -> c > 32 && c < 127);
                    return text.isEmpty()
                            ? new Parsed.Ok<>(Optional.<Secret>empty())
                            : good
                                    ? new Parsed.Ok<>(Optional.of(new Secret(text)))
                                    : new Parsed.Bad<Optional<Secret>>(expected);
                })
                .hidden();
    }

    /** Pools that exist for nothing. */
    private void warnOfUnused(Entries entries) {
        List<String> names = entries.poolSection().names();
        List<Located> places = entries.poolSection().entries();
        for (int i = 0; i < names.size(); i++) {
            RuleConfig.Pool use = new RuleConfig.Pool(names.get(i));
            boolean relayed =
                    entries.relays().stream().anyMatch(relay -> relay.pools().contains(use.name()));
            if (!relayed
                    && entries.rules().stream().noneMatch(rule -> rule.action().equals(use))) {
                problems.warning(places.get(i), "unused", "no rule names this pool");
            }
        }
    }

    private Section section(String key) {
        Section section = root.section(key);
        section.refuseUnknownKeys();
        return section;
    }

    private ConfigObject entry(String key) {
        if (reference.get(key) instanceof ConfigObject object) {
            return object;
        }
        throw new IllegalStateException("reference.conf: " + key + " (expected: an object)");
    }
}
