package org.strowger.proxy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.strowger.discovery.Backend;
import org.strowger.discovery.Protocol;
import org.strowger.health.AdminState;
import org.strowger.health.Eligibility;
import org.strowger.health.HealthState;
import org.strowger.proxy.balancing.Limits;
import org.strowger.proxy.balancing.Member;
import org.strowger.proxy.config.DialogsPolicy;
import org.strowger.proxy.config.LimitsConfig;
import org.strowger.proxy.config.Outbound;
import org.strowger.proxy.config.PathPolicy;
import org.strowger.proxy.config.PoolConfig;
import org.strowger.proxy.config.StrowgerConfig;
import org.strowger.proxy.control.ManagedMember;
import org.strowger.proxy.control.PoolMembers;
import org.strowger.proxy.metrics.BackendCounterTable;
import org.strowger.proxy.routing.OwnAddresses;
import org.strowger.proxy.routing.Pool;
import org.strowger.proxy.routing.RecordRoute;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.routing.RuleSet;
import org.strowger.proxy.routing.SipListener;
import org.strowger.proxy.routing.Target;
import org.strowger.sip.IpPort;
import org.strowger.sip.IpText;
import org.strowger.sip.Transport;
import org.strowger.sip.cookie.BackendIdentity;
import org.strowger.threading.RunsOn;

/** Makes the picture that the data path reads of the configuration and the open sockets. */
@RunsOn(RunsOn.Runner.CONTROL)
final class SnapshotBuilder {
    private final StrowgerConfig config;
    private final List<Faces.OpenListener> listeners;
    private final List<List<InetSocketAddress>> backendPorts;
    private final BackendCounterTable counters;
    private final Faces faces;

    /** @param backendPorts by event loop: the bound addresses of its UDP sockets towards backends */
    SnapshotBuilder(
            StrowgerConfig config,
            List<Faces.OpenListener> listeners,
            List<List<InetSocketAddress>> backendPorts,
            BackendCounterTable counters) {
        this.config = config;
        this.listeners = listeners;
        this.backendPorts = backendPorts;
        this.counters = counters;
        this.faces = new Faces(listeners, backendPorts);
    }

    /**
     * The picture of these members.
     *
     * @param standing what machines say may be sent to them
     * @param membership of each pool, in the order of the configuration
     * @param leaving backends that are no member and still have dialogs
     */
    RoutingSnapshot build(
            List<PoolMembers> membership, List<Backend> leaving, PoolStates states, RuleSet rules, Standing standing) {
        Map<String, Target> targets = new LinkedHashMap<>();
        List<Pool> pools = new ArrayList<>();
        states.want(config.pools(), membership);
        for (int i = 0; i < membership.size(); i++) {
            PoolConfig pool = config.pools().get(i);
            List<Target> members = new ArrayList<>();
            List<Member> choices = new ArrayList<>();
            for (ManagedMember member : membership.get(i).members()) {
                members.add(targets.computeIfAbsent(member.backend().id(), id -> target(member.backend(), states)));
                choices.add(choice(pool, member, standing));
            }
            PoolStates.PoolState state = states.of(pool);
            pools.add(states.successions()
                    .next(new Pool(
                            pool.name(),
                            members,
                            state.pickers().build(choices),
                            state.policy(),
                            state.affinity(),
                            pathPolicy(pool.path()),
                            state.redispatch(),
                            pool.dialogs() == DialogsPolicy.GROUP ? Pool.Dialogs.GROUP : Pool.Dialogs.FAIL,
                            choices)));
        }
        leaving.forEach(backend -> targets.computeIfAbsent(backend.id(), id -> target(backend, states)));
        excluded(membership).forEach(targets::remove);
        return new RoutingSnapshot(
                listeners.stream().map(this::sipListener).toList(),
                targets.values().stream()
                        .filter(target -> target.backend().protocol() == Protocol.SIP)
                        .toList(),
                pools,
                rules,
                ownAddresses(),
                recordRoutes(Backend.of(Transport.UDP, anyPeer())),
                backendSideVias(),
                config.outbound() == Outbound.ENABLED);
    }

    private static Member choice(PoolConfig pool, ManagedMember member, Standing standing) {
        Backend backend = member.backend();
        return new Member(
                backend,
                worse(Eligibility.of(member.admin(), HealthState.UP), standing.eligibility(pool.name(), backend.id())),
                limits(pool.limitsOf(backend)),
                standing.upSinceNanos(pool.name(), backend.id()),
                standing.isGone(pool.name(), backend.id()));
    }

    /** Neither people nor machines alone can let more be sent. */
    private static Eligibility worse(Eligibility people, Eligibility machines) {
        return people.compareTo(machines) > 0 ? people : machines;
    }

    /** Backends that are in maintenance in all their pools: nothing is sent to them, not even what a cookie asks for. */
    static Set<String> excluded(List<PoolMembers> membership) {
        Set<String> used = new HashSet<>();
        Set<String> maintained = new HashSet<>();
        for (PoolMembers pool : membership) {
            for (ManagedMember member : pool.members()) {
                (member.admin() == AdminState.MAINT ? maintained : used)
                        .add(member.backend().id());
            }
        }
        maintained.removeAll(used);
        return maintained;
    }

    private static Limits limits(LimitsConfig limits) {
        return new Limits(limits.calls(), limits.callsPerSecond());
    }

    private Target target(Backend backend, PoolStates states) {
        if (backend.protocol() == Protocol.HTTP) {
            return new Target(
                    backend,
                    BackendIdentity.hash(backend.id()),
                    new byte[0][],
                    new RecordRoute[0][],
                    counters.countersOf(backend.id()),
                    states.load(backend));
        }
        byte[][] vias = new byte[backendPorts.size()][];
        for (int loop = 0; loop < vias.length; loop++) {
            vias[loop] = faces.backendVia(backend.transport(), backend.address(), loop);
        }
        return new Target(
                backend,
                BackendIdentity.hash(backend.id()),
                vias,
                recordRoutes(backend),
                counters.countersOf(backend.id()),
                states.load(backend));
    }

    private RecordRoute[][] recordRoutes(Backend backend) {
        RecordRoute[][] routes = new RecordRoute[RoutingSnapshot.BACKEND_SIDE][];
        for (Faces.OpenListener listener : listeners) {
            RecordRoute[] byLoop = new RecordRoute[backendPorts.size()];
            for (int loop = 0; loop < byLoop.length; loop++) {
                byLoop[loop] = faces.recordRoute(listener, backend.transport(), backend.address(), loop);
            }
            routes[listener.number()] = byLoop;
        }
        return routes;
    }

    private byte[][] backendSideVias() {
        byte[][] vias = new byte[backendPorts.size()][];
        for (int loop = 0; loop < vias.length; loop++) {
            vias[loop] = faces.backendVia(Transport.UDP, anyPeer(), loop);
        }
        return vias;
    }

    /** Stands for a peer of which nothing is known but that it is on the backends' side. */
    private InetSocketAddress anyPeer() {
        return config.pools().get(0).backends().get(0).address();
    }

    private SipListener sipListener(Faces.OpenListener open) {
        return new SipListener(
                open.number(),
                open.name(),
                open.transport(),
                open.isIpv4(),
                open.isInternal(),
                open.isForceRport(),
                faces.listenerVia(open));
    }

    private OwnAddresses ownAddresses() {
        Set<IpPort> addresses = new HashSet<>();
        List<OwnAddresses.Name> names = new ArrayList<>();
        for (Faces.OpenListener listener : listeners) {
            add(addresses, listener.bound());
            listener.advertised().ifPresent(a -> {
                byte[] host = a.host().getBytes(StandardCharsets.US_ASCII);
                IpPort literal = new IpPort();
                if (IpText.readHost(host, 0, host.length, literal)) {
                    literal.setPort(a.port());
                    addresses.add(literal);
                } else {
                    names.add(new OwnAddresses.Name(a.host(), a.port()));
                }
            });
        }
        backendPorts.forEach(ports -> ports.forEach(port -> add(addresses, port)));
        return new OwnAddresses(addresses, names);
    }

    private static void add(Set<IpPort> addresses, InetSocketAddress bound) {
        if (!bound.getAddress().isAnyLocalAddress()) {
            addresses.add(IpPort.of(bound));
            return;
        }
        for (InetAddress address : LocalAddresses.all()) {
            addresses.add(IpPort.of(new InetSocketAddress(address, bound.getPort())));
        }
    }

    private static Pool.PathPolicy pathPolicy(PathPolicy policy) {
        return switch (policy) {
            case INSERT -> Pool.PathPolicy.INSERT;
            case SKIP -> Pool.PathPolicy.SKIP;
            case REFUSE -> Pool.PathPolicy.REFUSE;
        };
    }
}
