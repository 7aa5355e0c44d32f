package org.strowger.proxy.config;

import com.typesafe.config.ConfigObject;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/** Reads {@code listeners}. */
@RunsOn(RunsOn.Runner.CONTROL)
final class ListenerReader {
    /** Cookies hold a listener's number in one byte, of which one value stands for the backends' side. */
    private static final int MAX_LISTENERS = 255;

    private static final String ORIGIN = "http:// or https://, then [*.]host[:port]";

    private final ConfigObject defaults;
    private final int eventLoops;
    private final Problems problems;
    private final PortClaims claims;
    private final Syntax<String> tlsNames;
    private final RelayReader relayReader;
    private final List<RelayConfig> relays = new ArrayList<>();

    /** What a listener may name that stands elsewhere in the file. */
    record Known(List<String> pools, List<String> tls) {}

    ListenerReader(ConfigObject defaults, int eventLoops, Problems problems, PortClaims claims, Known known) {
        this.tlsNames = Names.declared("section of tls", known.tls());
        this.relayReader = new RelayReader(known, problems);
        this.defaults = defaults;
        this.eventLoops = eventLoops;
        this.problems = problems;
        this.claims = claims;
    }

    /** Those that relay; after {@link #read}. */
    List<RelayConfig> relays() {
        return relays;
    }

    /** What they use pools for. */
    Map<String, RelayReader.Use> relayUses() {
        return relayReader.uses();
    }

    /** Those for SIP. */
    List<ListenerConfig> read(Section listeners) {
        List<Located> entries = listeners.entries();
        List<String> names = listeners.names();
        if (entries.isEmpty()) {
            problems.expected(listeners.at(), "none", "at least one listener");
        }
        if (entries.size() > MAX_LISTENERS) {
            problems.expected(listeners.at(), entries.size() + " listeners", "at most " + MAX_LISTENERS);
        }
        List<ListenerConfig> read = new ArrayList<>();
        Map<String, Located> internal = new HashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            Located at = entries.get(i);
            boolean named = Names.isGood(names.get(i), at, problems);
            Optional<Section> section = listeners.entry(at, defaults);
            if (section.isPresent() && !relayed(names.get(i), section.get(), named)) {
                Optional<ListenerConfig> listener = listener(names.get(i), section.get());
                listener.ifPresent(l -> {
                    checkInternal(l, section.get(), internal);
                    claim(l, section.get());
                });
                listener.filter(l -> named).ifPresent(read::add);
            }
        }
        return read;
    }

    /** True for a listener that relays, which has been read then. */
    private boolean relayed(String name, Section section, boolean named) {
        section.refuseUnknownKeys();
        Optional<RelayTransport> transport = section.written("transport")
                .filter(at -> Section.typeOf(at.value()).isPresent())
                .map(at -> String.valueOf(at.value().unwrapped()))
                .flatMap(word -> Arrays.stream(RelayTransport.values())
                        .filter(one -> one.word().equals(word))
                        .findFirst());
        transport.flatMap(one -> relayReader.read(name, one, section)).ifPresent(relay -> {
            claims.add(new PortClaims.Claim(
                    section.placeOf("bind"), relay.transport().carried().isDatagram(), relay.bind(), 1));
            if (named) {
                relays.add(relay);
            }
        });
        return transport.isPresent();
    }

    private static Syntax<Transport> transport() {
        Syntax<Transport> sip = Syntax.oneOf(AddressSyntax.TRANSPORTS);
        List<String> words = new ArrayList<>(AddressSyntax.TRANSPORTS.keySet());
        Arrays.stream(RelayTransport.values()).map(RelayTransport::word).forEach(words::add);
        String expected = String.join(" | ", words);
        return Syntax.of(
                expected,
                text -> sip.parse(text) instanceof Parsed.Ok<Transport> ok
                        ? ok
                        : new Parsed.Bad<>(expected + Nearest.suggestion(text, words)));
    }

    private Optional<ListenerConfig> listener(String name, Section section) {
        Optional<Transport> transport = section.require("transport", transport());
        Optional<InetSocketAddress> bind = section.require("bind", AddressSyntax.bind());
        Advertise advertise = section.read("advertise", AddressSyntax.advertise());
        Side side = section.read("side", Syntax.oneOf(Side.class));
        boolean forceRport = section.read("force-rport", Syntax.flag());
        int maxConnections = section.read("max-connections", Syntax.integer(1, 1_000_000));
        Duration idleTimeout = section.read("idle-timeout", Durations.orOff("1s", "20d"));
        boolean encrypted = transport.filter(Transport::isEncrypted).isPresent();
        Optional<String> tls = tls(section, transport);
        ProxyProtocolConfig proxies = proxies(section, side);
        List<String> origins = origins(section, transport);
        refuseOfRelays(section);
        if (transport.filter(Transport::isDatagram).isPresent()) {
            refuseTcpOnly(section, "max-connections");
            refuseTcpOnly(section, "idle-timeout");
        }
        return transport.isEmpty() || bind.isEmpty() || (encrypted && tls.isEmpty())
                ? Optional.empty()
                : Optional.of(new ListenerConfig(
                        name,
                        transport.get(),
                        bind.get(),
                        advertise,
                        side,
                        forceRport,
                        maxConnections,
                        idleTimeout,
                        tls,
                        proxies,
                        origins));
    }

    private static void refuseOfRelays(Section section) {
        for (String key : List.of("pool", "sni", "flow-timeout")) {
            section.written(key)
                    .ifPresent(at -> section.problems()
                            .expected(
                                    at, "set for a listener of SIP", "no such key; it is for tcp-relay or udp-relay"));
        }
    }

    private static ProxyProtocolConfig proxies(Section section, Side side) {
        ProxyProtocolConfig proxies = ProxyProtocolConfig.read(section.section("proxy-protocol"));
        if (side == Side.INTERNAL && proxies.isTaken()) {
            section.problems()
                    .expected(
                            section.placeOf("proxy-protocol"),
                            "set for side internal",
                            "no such key; backends speak for themselves");
        }
        return proxies;
    }

    /** Where its certificates are; for a transport without any there is nothing to say. */
    private Optional<String> tls(Section section, Optional<Transport> transport) {
        if (transport.filter(Transport::isEncrypted).isPresent()) {
            return section.require("tls", tlsNames);
        }
        Optional<Located> written = section.written("tls");
        if (written.isPresent() && transport.isPresent()) {
            problems.expected(
                    written.get(),
                    "set for transport " + transport.get().name().toLowerCase(Locale.ROOT),
                    "no such key; it is for transports tls, wss and tcp-relay");
        }
        return Optional.empty();
    }

    private static List<String> origins(Section section, Optional<Transport> transport) {
        Syntax<String> syntax = Syntax.of(
                ORIGIN, text -> Origins.problem(text).isEmpty() ? new Parsed.Ok<>(text) : new Parsed.Bad<>(ORIGIN));
        List<String> origins = new ArrayList<>();
        for (Located element : section.oneOrMore("origins")) {
            section.parse(element, syntax).ifPresent(origins::add);
        }
        if (!origins.isEmpty() && transport.filter(t -> !t.isWebSocket()).isPresent()) {
            String set = "set for transport " + transport.get().name().toLowerCase(Locale.ROOT);
            section.problems()
                    .expected(section.placeOf("origins"), set, "no such key; it is for transports ws and wss");
        }
        return origins;
    }

    private static void refuseTcpOnly(Section section, String key) {
        section.written(key)
                .ifPresent(at -> section.problems()
                        .expected(at, "set for transport udp", "no such key; it is for transports tcp and tls"));
    }

    /** Requests to backends leave by the one internal listener of their transport and family. */
    private void checkInternal(ListenerConfig listener, Section section, Map<String, Located> seen) {
        if (listener.side() != Side.INTERNAL) {
            return;
        }
        String family = listener.bind().getAddress().getAddress().length == 4 ? "IPv4" : "IPv6";
        String kind = listener.transport().name() + " over " + family;
        Located first = seen.putIfAbsent(kind, section.at());
        if (first != null) {
            problems.expected(
                    section.placeOf("side"),
                    "internal",
                    "one internal listener for " + kind + ", that is " + first.path());
        }
    }

    private void claim(ListenerConfig listener, Section section) {
        int port = listener.bind().getPort();
        int ports = listener.side() == Side.INTERNAL && port != 0 ? eventLoops : 1;
        Located bind = section.placeOf("bind");
        if (port + ports - 1 > 65_535) {
            problems.expected(
                    bind,
                    "port " + port,
                    "at most " + (65_536 - ports) + ", for each of the " + ports
                            + " event loops takes one from there on");
            return;
        }
        claims.add(new PortClaims.Claim(bind, listener.transport().isDatagram(), listener.bind(), ports));
    }
}
