package org.strowger.proxy.forwarding;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.strowger.health.Eligibility;
import org.strowger.proxy.balancing.Affinity;
import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.proxy.inflight.AnsweredInvites;
import org.strowger.proxy.inflight.BytePool;
import org.strowger.proxy.inflight.InFlightTable;
import org.strowger.proxy.metrics.BackendCounter;
import org.strowger.proxy.metrics.BackendCounterTable;
import org.strowger.proxy.routing.CookieFinding;
import org.strowger.proxy.routing.DropReason;
import org.strowger.proxy.routing.Ingress;
import org.strowger.proxy.routing.Pool;
import org.strowger.proxy.routing.Redispatch;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.routing.Target;
import org.strowger.sip.IpPort;
import org.strowger.sip.ParseFailure;
import org.strowger.sip.SipMessage;
import org.strowger.sip.Transport;
import org.strowger.sip.cookie.CookieCodec;

/** The real message path between simulated clients and backends; backend 3 is on TCP, as are some clients. */
final class SimulatedProxy implements Egress, PathObserver {
    private static final int FIRST_PORT = 10_000;

    final SimulatedNetwork network;
    final List<SimulatedBackend> backends = new ArrayList<>();
    final Map<Integer, SimulatedClient> clients = new HashMap<>();
    final BytePool bytes;
    final InFlightTable table;
    final AnsweredInvites answered;
    final Map<InFlightEvent, Integer> events = new EnumMap<>(InFlightEvent.class);
    final Map<RedispatchCause, Integer> redispatches = new EnumMap<>(RedispatchCause.class);
    final List<String> refused = new ArrayList<>();
    int began;
    int ended;
    int silences;
    int judged;
    int failures;
    int suspicions;
    int alarms;
    /** When, in milliseconds, a request was kept, and when one went on. */
    final List<Long> kept = new ArrayList<>();

    final List<Long> movedOn = new ArrayList<>();
    private final Map<IpPort, SimulatedBackend> byAddress = new HashMap<>();
    private final Ingress ingress = new Ingress();
    private final MessagePath path;
    /** The standing of backends by number; the others are well. */
    private final Map<Integer, Eligibility> standing = new HashMap<>();

    private final BackendCounterTable counters = new BackendCounterTable(1);
    private final Affinity affinity;
    private final Supplier<RoutingSnapshot> builder;
    private RoutingSnapshot snapshot;
    final List<String> abandoned = new ArrayList<>();

    SimulatedProxy(SimulatedNetwork network, BalancingPolicy policy, double budget, int maxEntries, int... pool) {
        this(
                network,
                policy,
                new Redispatch(Duration.ofMillis(500), Duration.ofSeconds(2), Set.of(503), budget, 1),
                maxEntries,
                pool);
    }

    SimulatedProxy(
            SimulatedNetwork network, BalancingPolicy policy, Redispatch redispatch, int maxEntries, int... pool) {
        this(network, policy, redispatch, maxEntries, new BytePool(16 << 20), pool);
    }

    SimulatedProxy(
            SimulatedNetwork network,
            BalancingPolicy policy,
            Redispatch redispatch,
            int maxEntries,
            BytePool bytes,
            int... pool) {
        this.bytes = bytes;
        this.network = network;
        this.table = new InFlightTable(maxEntries, 0, 0x1234_5678_9ABC_DEF1L, bytes);
        this.answered = new AnsweredInvites(1 << 17, 0, 0x1234_5678_9ABC_DEF1L, RequestProtection.REMEMBERED.toNanos());
        affinity = new Affinity(100_000, Duration.ofMinutes(5), network.ticker);
        builder = () -> PathFixture.snapshot(
                policy,
                Pool.PathPolicy.INSERT,
                redispatch,
                network.ticker,
                new PathFixture.Standing(
                        number -> standing.getOrDefault(number, Eligibility.NEW_AND_ESTABLISHED),
                        number -> counters.countersOf("b" + number),
                        affinity),
                pool);
        snapshot = builder.get();
        path = new MessagePath(
                0,
                new CookieCodec(PathFixture.key(1), Optional.empty()),
                () -> this.snapshot,
                this,
                this,
                new MessageLimits(65_535, 256),
                org.strowger.proxy.routing.NameLookup.NONE,
                ParkedRequests.none(),
                new RequestProtection(table, answered, network.ticker, target -> alarms++));
        for (int number : pool) {
            IpPort address = PathFixture.address("10.0.0." + number, 5060);
            boolean tcp = number == 3;
            SimulatedBackend backend = new SimulatedBackend(
                    address, network, sent -> fromBackend(tcp, address, sent), () -> unreachable(tcp, address));
            backends.add(backend);
            byAddress.put(address, backend);
        }
    }

    /** One that there is. */
    SimulatedClient client(int number) {
        return Objects.requireNonNull(clients.get(number));
    }

    SimulatedClient client(int number, boolean stream) {
        return client("INVITE", number, stream);
    }

    SimulatedClient client(String method, int number, boolean stream) {
        SimulatedClient client =
                new SimulatedClient(method, number, stream, network, sent -> fromClient(number, stream, sent));
        clients.put(number, client);
        return client;
    }

    boolean hasTimers() {
        return path.hasTimers();
    }

    /** What health says of a backend from now on. */
    void stands(int number, Eligibility eligibility) {
        standing.put(number, eligibility);
        snapshot = builder.get();
    }

    /** A response of that backend has come. */
    void countResponse(int number) {
        counters.countersOf("b" + number).get(0).increment(BackendCounter.response(180));
    }

    /** Once. */
    void startClock() {
        network.after(10, () -> {
            path.tick();
            startClock();
        });
    }

    private void fromClient(int number, boolean stream, byte[] sent) {
        Runnable arrives = () -> {
            IpPort from = PathFixture.address("198.51.100.7", FIRST_PORT + number);
            if (stream) {
                ingress.setStream(PathFixture.TCP, Transport.TCP, number + 1, from);
            } else {
                ingress.setDatagram(PathFixture.UDP, from);
            }
            path.accept(sent, 0, sent.length, ingress);
        };
        wire(stream, arrives);
    }

    private void fromBackend(boolean tcp, IpPort address, byte[] sent) {
        wire(tcp, () -> {
            countResponse((int) (address.low() % 256));
            if (tcp) {
                ingress.setStream(RoutingSnapshot.BACKEND_SIDE, Transport.TCP, 99, address);
            } else {
                ingress.setDatagram(RoutingSnapshot.BACKEND_SIDE, address);
            }
            path.accept(sent, 0, sent.length, ingress);
        });
    }

    private void unreachable(boolean tcp, IpPort address) {
        if (!tcp) {
            path.unreachable(address, Transport.UDP);
        }
    }

    /** A connection delays, and keeps the order. */
    private void wire(boolean stream, Runnable arrives) {
        if (stream) {
            network.after(5, arrives);
        } else {
            network.datagram(arrives);
        }
    }

    @Override
    public boolean datagram(int listener, IpPort to, byte[] message, int length) {
        Simulated m = Simulated.read(message, 0, length);
        if (listener == RoutingSnapshot.BACKEND_SIDE) {
            SimulatedBackend backend = Objects.requireNonNull(byAddress.get(to));
            network.datagram(() -> backend.receive(m));
        } else {
            int number = to.port() - FIRST_PORT;
            network.datagram(() -> toClient(number, m));
        }
        return true;
    }

    @Override
    public boolean datagramFrom(int loop, IpPort to, byte[] bytes, int length) {
        return datagram(RoutingSnapshot.BACKEND_SIDE, to, bytes, length);
    }

    @Override
    public boolean flow(long flow, byte[] message, int length) {
        Simulated m = Simulated.read(message, 0, length);
        network.after(5, () -> toClient((int) flow - 1, m));
        return true;
    }

    private void toClient(int number, Simulated m) {
        SimulatedClient client = Objects.requireNonNull(clients.get(number));
        client.receive(m);
        if (m.status() / 100 == 2 && m.cseqMethod().equals("INVITE")) {
            String to = m.header("To");
            String tag = to.substring(to.indexOf(";tag=") + 5);
            // The ACK of a 2xx goes end to end.
            backends.forEach(backend -> backend.acknowledge(tag));
        }
    }

    @Override
    public void connection(Transport transport, IpPort to, byte[] message, int length) {
        Simulated m = Simulated.read(message, 0, length);
        byte[] copy = java.util.Arrays.copyOf(message, length);
        SimulatedBackend backend = Objects.requireNonNull(byAddress.get(to));
        network.after(5, () -> {
            if (backend.refuses(m)) {
                ingress.setStream(RoutingSnapshot.BACKEND_SIDE, Transport.TCP, 99, backend.address);
                path.undelivered(copy, 0, copy.length, ingress);
            } else {
                backend.receive(m);
            }
        });
    }

    @Override
    public void inFlight(InFlightEvent event) {
        events.merge(event, 1, Integer::sum);
        if (event == InFlightEvent.ADDED) {
            kept.add(network.millis());
        }
    }

    @Override
    public void redispatched(Target from, RedispatchCause cause) {
        redispatches.merge(cause, 1, Integer::sum);
        movedOn.add(network.millis());
    }

    @Override
    public void givenUp(Target backend, SipMessage request) {
        abandoned.add(backend.backend().address().getAddress().getHostAddress());
    }

    @Override
    public void attemptBegan(Target backend) {
        began++;
    }

    @Override
    public void attemptEnded(Target backend) {
        ended++;
    }

    @Override
    public void noResponse(Target backend) {
        silences++;
    }

    @Override
    public void silent(Target backend) {
        suspicions++;
    }

    @Override
    public void judged(Target backend, SipMessage response, boolean isFailure) {
        judged++;
        failures += isFailure ? 1 : 0;
    }

    @Override
    public void dropped(DropReason reason) {
        refused.add(reason.name());
    }

    @Override
    public void parseFailed(ParseFailure failure) {
        refused.add(failure.name());
    }

    @Override
    public void received(SipMessage message, Ingress in, RoutingSnapshot snapshot) {}

    @Override
    public void toBackend(Target backend, SipMessage request) {}

    @Override
    public void toClient(SipMessage message, Transport transport) {}

    @Override
    public void toNamed(Transport transport) {}

    @Override
    public void cookie(CookieFinding finding) {}

    @Override
    public void replied(int status) {}
}
