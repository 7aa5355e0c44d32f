package org.strowger.proxy.config;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.strowger.threading.RunsOn;

/** Reads the listeners that relay. */
@RunsOn(RunsOn.Runner.CONTROL)
final class RelayReader {
    private static final List<String> SIP_ONLY = List.of("advertise", "side", "force-rport");

    private final List<String> pools;
    private final Syntax<String> tlsNames;
    private final Problems problems;
    private final Map<String, Use> uses = new LinkedHashMap<>();

    /** Where a pool was first named by a relay. */
    record Use(RelayTransport transport, String listener) {}

    RelayReader(ListenerReader.Known known, Problems problems) {
        this.pools = known.pools();
        this.tlsNames = Names.declared("section of tls", known.tls());
        this.problems = problems;
    }

    /** What the relays use the pools for that they name. */
    Map<String, Use> uses() {
        return uses;
    }

    Optional<RelayConfig> read(String name, RelayTransport transport, Section section) {
        boolean tcp = transport == RelayTransport.TCP_RELAY;
        SIP_ONLY.forEach(key -> refuse(section, key, transport, "SIP"));
        Optional<InetSocketAddress> bind = section.require("bind", AddressSyntax.bind());
        Map<String, String> sni = tcp ? sni(section, name, transport) : Map.of();
        int before = problems.count();
        Optional<String> pool = sni.isEmpty() && section.written("sni").isEmpty()
                ? section.require("pool", Names.declared("pool", pools))
                : section.find("pool", Names.declared("pool", pools));
        pool.ifPresent(named -> use(named, transport, name, section.placeOf("pool")));
        int most = section.read("max-connections", Syntax.integer(1, 1_000_000));
        Duration idle = section.read("idle-timeout", Durations.orOff("1s", "20d"));
        Duration flow = section.read("flow-timeout", Syntax.duration("1s", "1d"));
        ProxyProtocolConfig proxies = ProxyProtocolConfig.read(section.section("proxy-protocol"));
        if (tcp) {
            refuse(section, "flow-timeout", transport, "udp-relay");
        } else {
            refuse(section, "idle-timeout", transport, "tcp and tcp-relay; flow-timeout is for udp-relay");
            refuse(section, "sni", transport, "tcp-relay");
            refuse(section, "tls", transport, "tls and tcp-relay");
        }
        Optional<String> tls = tcp ? section.find("tls", tlsNames) : Optional.empty();
        return bind.isEmpty() || (pool.isEmpty() && (sni.isEmpty() || problems.count() > before))
                ? Optional.empty()
                : Optional.of(new RelayConfig(name, transport, bind.get(), pool, sni, most, idle, flow, tls, proxies));
    }

    private static void refuse(Section section, String key, RelayTransport transport, String owner) {
        section.written(key)
                .ifPresent(at -> section.problems()
                        .expected(at, "set for transport " + transport.word(), "no such key; it is for " + owner));
    }

    private Map<String, String> sni(Section listener, String name, RelayTransport transport) {
        Section section = listener.section("sni");
        List<Located> entries = section.entries();
        List<String> hosts = section.names();
        Map<String, String> read = new LinkedHashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            Located at = entries.get(i);
            String written = hosts.get(i);
            String host = written.toLowerCase(Locale.ROOT);
            boolean good = AddressSyntax.isHostName(host.startsWith("*.") ? host.substring(2) : host);
            if (!good) {
                problems.expected(at, Problems.shown(written), "a host name, or *. and a host name");
            }
            section.parse(at, Names.declared("pool", pools)).ifPresent(pool -> {
                use(pool, transport, name, at);
                if (good && read.put(host, pool) != null) {
                    problems.expected(at, Problems.shown(written), "each host name once");
                }
            });
        }
        return read;
    }

    private void use(String pool, RelayTransport transport, String listener, Located at) {
        Use first = uses.putIfAbsent(pool, new Use(transport, listener));
        if (first != null && first.transport() != transport) {
            problems.expected(
                    at,
                    pool,
                    "a pool of its own; listeners." + first.listener() + " uses this one for "
                            + first.transport().word());
        }
    }
}
