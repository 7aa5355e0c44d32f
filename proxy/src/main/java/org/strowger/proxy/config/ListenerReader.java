package org.strowger.proxy.config;

import com.typesafe.config.ConfigObject;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.strowger.proxy.websocket.Origins;
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

    ListenerReader(ConfigObject defaults, int eventLoops, Problems problems, PortClaims claims) {
        this.defaults = defaults;
        this.eventLoops = eventLoops;
        this.problems = problems;
        this.claims = claims;
    }

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
            if (section.isPresent()) {
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

    private static Optional<ListenerConfig> listener(String name, Section section) {
        section.refuseUnknownKeys();
        Optional<Transport> transport = section.require("transport", Syntax.oneOf(AddressSyntax.TRANSPORTS));
        Optional<InetSocketAddress> bind = section.require("bind", AddressSyntax.bind());
        Advertise advertise = section.read("advertise", AddressSyntax.advertise());
        Side side = section.read("side", Syntax.oneOf(Side.class));
        boolean forceRport = section.read("force-rport", Syntax.flag());
        int maxConnections = section.read("max-connections", Syntax.integer(1, 1_000_000));
        Duration idleTimeout = section.read("idle-timeout", Durations.orOff("1s", "20d"));
        List<String> origins = origins(section, transport);
        if (transport.filter(Transport::isDatagram).isPresent()) {
            refuseTcpOnly(section, "max-connections");
            refuseTcpOnly(section, "idle-timeout");
        }
        return transport.isEmpty() || bind.isEmpty()
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
                        origins));
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
            section.problems().expected(section.placeOf("origins"), set, "no such key; it is for transport ws");
        }
        return origins;
    }

    private static void refuseTcpOnly(Section section, String key) {
        section.written(key)
                .ifPresent(at -> section.problems()
                        .expected(at, "set for transport udp", "no such key; it is for transport tcp"));
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
