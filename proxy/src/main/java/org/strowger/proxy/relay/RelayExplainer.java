package org.strowger.proxy.relay;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.strowger.proxy.balancing.AffinityKey;
import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.proxy.balancing.Explained;
import org.strowger.proxy.balancing.Picker;
import org.strowger.proxy.explain.Explanation;
import org.strowger.proxy.explain.Origin;
import org.strowger.proxy.explain.PoolNotes;
import org.strowger.proxy.proxyprotocol.ProxyProtocolGate;
import org.strowger.proxy.routing.Pool;
import org.strowger.proxy.routing.StableHash;
import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/** Says where a connection or a datagram that comes to a relay would go and why, without opening anything. */
@RunsOn(RunsOn.Runner.ANY)
public final class RelayExplainer {
    private final Supplier<RelayPicture> pictures;

    public RelayExplainer(Supplier<RelayPicture> pictures) {
        this.pictures = pictures;
    }

    /** True for what comes in by a relay. */
    public boolean isFor(Origin origin) {
        return origin.listener().filter(names(pictures.get())::contains).isPresent();
    }

    /**
     * Explains what would become of something that comes from there.
     *
     * @param sni the host name that is asked for by TLS
     * @throws IllegalArgumentException when it cannot come from there; for people
     */
    public Explanation explain(Origin origin, Optional<String> sni) {
        RelayPicture picture = pictures.get();
        String listener = origin.listener().orElse("");
        IpPort source = origin.source();
        String host = sni.orElse("").toLowerCase(Locale.ROOT);
        TcpRelayOptions tcp = picture.tcp().get(listener);
        UdpRelayOptions udp = picture.udp().get(listener);
        if (tcp != null) {
            return new Case(picture, listener, "TCP", source, origin, host).of(tcp);
        }
        if (udp != null) {
            return new Case(picture, listener, "UDP", source, origin, host).of(udp);
        }
        throw new IllegalArgumentException("listener: " + (listener.isEmpty() ? "none" : listener)
                + " (expected: a relay, one of " + names(picture) + ", or a message)");
    }

    private static Set<String> names(RelayPicture picture) {
        Set<String> names = new TreeSet<>(picture.tcp().keySet());
        names.addAll(picture.udp().keySet());
        return names;
    }

    /** One connection or datagram. */
    private record Case(
            RelayPicture picture, String listener, String transport, IpPort source, Origin origin, String host) {

        Explanation of(TcpRelayOptions options) {
            List<Explanation.Check> checks = checks(options.terms());
            boolean reads = options.tls().isPresent() || options.routes().isByHost();
            if (reads) {
                String how = options.tls().isPresent() ? "TLS ends here" : "the ClientHello is read, TLS passes";
                checks.add(new Explanation.Check(
                        "host name", true, how + "; " + (host.isEmpty() ? "none asked for, --sni tells one" : host)));
            }
            Optional<PoolUse> use = options.routes().of(reads ? host : "");
            return explanation(checks, rules(options.routes(), use), use);
        }

        Explanation of(UdpRelayOptions options) {
            return explanation(checks(options.terms()), List.of(), Optional.of(options.use()));
        }

        private List<Explanation.Check> checks(ProxyProtocolGate.Terms terms) {
            List<Explanation.Check> checks = new ArrayList<>();
            if (terms.from().test(source)) {
                checks.add(new Explanation.Check(
                        "PROXY protocol", true, "a header is required of " + source + ", and counts as its source"));
            } else if (!terms.othersAllowed()) {
                checks.add(new Explanation.Check(
                        "PROXY protocol", false, source + " is none of those who may connect (others = refuse)"));
            }
            return checks;
        }

        private List<Explanation.RuleNote> rules(Routes routes, Optional<PoolUse> use) {
            List<Explanation.RuleNote> notes = new ArrayList<>();
            Map<String, PoolUse> sorted =
                    new TreeMap<>(Comparator.<String, Boolean>comparing(name -> name.startsWith("*"))
                            .thenComparing(name -> -name.length())
                            .thenComparing(Comparator.naturalOrder()));
            sorted.putAll(routes.byHost());
            Optional<String> match = routes.nameFor(host);
            for (Map.Entry<String, PoolUse> entry : sorted.entrySet()) {
                boolean matches = match.filter(entry.getKey()::equals).isPresent();
                notes.add(note(notes.size() + 1, "sni " + entry.getKey(), entry.getValue(), matches));
                if (matches) {
                    return notes;
                }
            }
            use.ifPresent(rest -> notes.add(note(notes.size() + 1, "pool", rest, true)));
            return notes;
        }

        private Explanation.RuleNote note(int number, String key, PoolUse use, boolean matches) {
            String why = key.equals("pool")
                    ? "everything else"
                    : "host name is " + (host.isEmpty() ? "none" : host) + (matches ? "" : ", another one");
            return new Explanation.RuleNote(
                    number, "listeners." + listener + "." + key, "pool " + use.pool(), matches, why);
        }

        private Explanation explanation(
                List<Explanation.Check> checks, List<Explanation.RuleNote> rules, Optional<PoolUse> use) {
            boolean refused = checks.stream().anyMatch(check -> !check.passed());
            Optional<Pool> pool = use.map(PoolUse::pool).map(picture.snapshot()::pool);
            if (refused || pool.isEmpty()) {
                String why = refused ? "its sender may not connect" : "no pool for that host name";
                return explanation(checks, rules, Optional.empty(), dropped(why));
            }
            Explained explained = pool.get().picker().explainCall(key(pool.get()));
            int index = Picker.index(explained.choice());
            String chosen = index == Picker.NONE
                    ? ""
                    : pool.get().member(index).backend().id();
            String by = pool.get().policy() instanceof BalancingPolicy.SourceIp ? "source " + source : "";
            String why = chosen.isEmpty() ? "no member takes new connections" : explained.why();
            return explanation(
                    checks,
                    rules,
                    Optional.of(PoolNotes.of(pool.get(), policy(pool.get()), explained, by, chosen, why)),
                    chosen.isEmpty()
                            ? dropped("no backend")
                            : passed(chosen, use.get().header()));
        }

        private static String policy(Pool pool) {
            return pool.policy() instanceof BalancingPolicy.LeastCalls
                    ? "least-connections"
                    : PoolNotes.policy(pool.policy());
        }

        private long key(Pool pool) {
            return pool.policy() instanceof BalancingPolicy.SourceIp
                    ? new AffinityKey(StableHash.STANDARD::hash).ofAddress(source)
                    : 0;
        }

        private Explanation.Outcome dropped(String why) {
            String what = transport.equals("TCP") ? "reset" : "dropped";
            return new Explanation.Outcome(Explanation.Kind.DROP, "", 0, what + ": " + why, List.of());
        }

        private static Explanation.Outcome passed(String backend, PoolUse.Header header) {
            List<String> notes = header == PoolUse.Header.NONE
                    ? List.of()
                    : List.of("a PROXY header, " + header.name().toLowerCase(Locale.ROOT) + ", tells it the client");
            return new Explanation.Outcome(Explanation.Kind.FORWARD, backend, 0, "passed on to " + backend, notes);
        }

        private Explanation explanation(
                List<Explanation.Check> checks,
                List<Explanation.RuleNote> rules,
                Optional<Explanation.PoolNote> pool,
                Explanation.Outcome outcome) {
            return new Explanation(
                    new Explanation.Message(
                            transport.equals("TCP") ? "a connection" : "a datagram",
                            "passed on unread (layer 4)",
                            List.of(),
                            "",
                            ""),
                    new Explanation.Received(
                            source.toString(),
                            transport,
                            listener,
                            origin.from().isPresent() ? "as told" : "assumed; --from tells another"),
                    List.of(),
                    checks,
                    "the listener",
                    rules,
                    pool,
                    outcome,
                    List.of());
        }
    }
}
