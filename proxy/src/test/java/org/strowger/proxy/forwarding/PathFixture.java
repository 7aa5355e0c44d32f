package org.strowger.proxy.forwarding;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.strowger.discovery.Backend;
import org.strowger.health.Eligibility;
import org.strowger.proxy.balancing.Affinity;
import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.proxy.balancing.BoundedLoad;
import org.strowger.proxy.balancing.Member;
import org.strowger.proxy.metrics.BackendCounters;
import org.strowger.proxy.routing.Action;
import org.strowger.proxy.routing.CookieFinding;
import org.strowger.proxy.routing.DropReason;
import org.strowger.proxy.routing.Ingress;
import org.strowger.proxy.routing.NameLookup;
import org.strowger.proxy.routing.NextHop;
import org.strowger.proxy.routing.OwnAddresses;
import org.strowger.proxy.routing.Pool;
import org.strowger.proxy.routing.RecordRoute;
import org.strowger.proxy.routing.Redispatch;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.routing.Rule;
import org.strowger.proxy.routing.RuleSet;
import org.strowger.proxy.routing.SipListener;
import org.strowger.proxy.routing.Target;
import org.strowger.sip.IpPort;
import org.strowger.sip.ParseFailure;
import org.strowger.sip.SipMessage;
import org.strowger.sip.Transport;
import org.strowger.sip.cookie.BackendIdentity;
import org.strowger.sip.cookie.ClusterKey;
import org.strowger.sip.cookie.CookieCodec;

/**
 * A message path without sockets: one UDP listener (number 1, 192.0.2.1:5060), one TCP listener (number 2, same address),
 * backends b1 and b2 over UDP at 10.0.0.1 and 10.0.0.2 and b3 over TCP at 10.0.0.3, reached from 10.0.0.100:5080.
 */
final class PathFixture implements Egress, PathObserver {
    static final int UDP = 1;
    static final int TCP = 2;
    static final IpPort PHONE = address("198.51.100.7", 40_000);
    static final IpPort BACKEND1 = address("10.0.0.1", 5060);
    static final IpPort BACKEND2 = address("10.0.0.2", 5060);
    static final IpPort BACKEND3 = address("10.0.0.3", 5060);

    /** One message that left, and how. */
    record Sent(String way, String text) {}

    final List<Sent> sent = new ArrayList<>();
    final List<DropReason> dropped = new ArrayList<>();
    final List<ParseFailure> unparsed = new ArrayList<>();
    final List<Integer> replies = new ArrayList<>();
    final List<CookieFinding> cookies = new ArrayList<>();
    final List<WaitingEvent> waiting = new ArrayList<>();
    int named;
    private final Ingress ingress = new Ingress();
    private final MessagePath path;
    boolean flowsAlive = true;
    final MockTicker ticker = Ticker.newMockTicker();
    /** What is known of every host that is given by name. */
    Function<NextHop, NameLookup.Answer> names = out -> NameLookup.Answer.UNKNOWN;

    PathFixture(BalancingPolicy policy, int... pool) {
        this(policy, Pool.PathPolicy.INSERT, key(1), Optional.empty(), pool);
    }

    PathFixture(
            BalancingPolicy policy,
            Pool.PathPolicy register,
            ClusterKey key,
            Optional<ClusterKey> previous,
            int... pool) {
        RoutingSnapshot snapshot = snapshot(policy, register, Redispatch.OFF, Ticker.systemTicker(), pool);
        path = new MessagePath(
                0,
                new CookieCodec(key, previous),
                () -> snapshot,
                this,
                this,
                new MessageLimits(65_535, 256),
                (bytes, uri, transactionHash, out) -> names.apply(out),
                new ParkedRequests(3, 4000, Duration.ofSeconds(10), ticker),
                new RequestProtection(
                        RequestProtection.none().table(),
                        RequestProtection.none().answered(),
                        ticker,
                        BackendAlarm.NONE));
    }

    static ClusterKey key(int seed) {
        byte[] secret = new byte[32];
        secret[0] = (byte) seed;
        return ClusterKey.of(secret);
    }

    /** Backends 1 to 3, and as many more over UDP as the pool names. */
    static RoutingSnapshot snapshot(
            BalancingPolicy policy, Pool.PathPolicy register, Redispatch redispatch, Ticker ticker, int... pool) {
        return snapshot(
                policy,
                register,
                redispatch,
                ticker,
                new Standing(
                        number -> Eligibility.NEW_AND_ESTABLISHED,
                        number -> List.of(),
                        new Affinity(100_000, Duration.ofMinutes(5), ticker)),
                pool);
    }

    /**
     * How the members stand.
     *
     * @param of what may be sent to that backend
     * @param counters of the backends, by number
     * @param affinity of the pool, whatever the snapshot
     */
    record Standing(IntFunction<Eligibility> of, IntFunction<List<BackendCounters>> counters, Affinity affinity) {}

    /** The same with members that are not all well. */
    static RoutingSnapshot snapshot(
            BalancingPolicy policy,
            Pool.PathPolicy register,
            Redispatch redispatch,
            Ticker ticker,
            Standing standing,
            int... pool) {
        RecordRoute udp = RecordRoute.of("10.0.0.100:5080", Transport.UDP, "192.0.2.1:5060", Transport.UDP);
        RecordRoute tcp = RecordRoute.of("10.0.0.100:5080", Transport.UDP, "192.0.2.1:5060", Transport.TCP);
        RecordRoute[][] routes = new RecordRoute[RoutingSnapshot.BACKEND_SIDE][];
        routes[UDP] = new RecordRoute[] {udp};
        routes[TCP] = new RecordRoute[] {tcp};
        List<Target> all = new ArrayList<>();
        for (int i = 1; i <= Math.max(3, Arrays.stream(pool).max().orElse(0)); i++) {
            Transport transport = i == 3 ? Transport.TCP : Transport.UDP;
            Backend backend = Backend.of(transport, new InetSocketAddress("10.0.0." + i, 5060));
            byte[] via = ("Via: SIP/2.0/" + transport + " 10.0.0.100:5080;branch=z9hG4bK").getBytes(ISO_8859_1);
            all.add(new Target(
                    backend,
                    BackendIdentity.hash(backend.id()),
                    new byte[][] {via},
                    routes,
                    standing.counters().apply(i)));
        }
        List<Target> members = new ArrayList<>();
        List<Member> choices = new ArrayList<>();
        for (int index : pool) {
            members.add(all.get(index - 1));
            choices.add(new Member(all.get(index - 1).backend(), standing.of().apply(index)));
        }
        Pool made = new Pool(
                "p",
                members,
                policy.pickers(BoundedLoad.OFF, ticker).build(choices),
                policy,
                standing.affinity(),
                register,
                redispatch,
                Pool.Dialogs.FAIL,
                choices);
        return new RoutingSnapshot(
                List.of(
                        listener(UDP, Transport.UDP, "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK"),
                        listener(TCP, Transport.TCP, "Via: SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK")),
                all,
                List.of(made),
                RuleSet.compile(List.of(new Rule(List.of(), new Action.ToPool(0)))),
                new OwnAddresses(
                        Set.of(address("192.0.2.1", 5060), address("10.0.0.100", 5080)),
                        List.of(new OwnAddresses.Name("sip.example.com", 5060))),
                routes,
                new byte[][] {"Via: SIP/2.0/UDP 10.0.0.100:5080;branch=z9hG4bK".getBytes(ISO_8859_1)},
                true);
    }

    private static SipListener listener(int number, Transport transport, String via) {
        return new SipListener(number, "l" + number, transport, true, false, false, via.getBytes(ISO_8859_1));
    }

    static IpPort address(String ip, int port) {
        return IpPort.of(new InetSocketAddress(ip, port));
    }

    /** A datagram for the public listener. */
    PathFixture udp(IpPort from, String... lines) {
        ingress.setDatagram(UDP, from);
        return accept(lines);
    }

    /** A datagram for the backends' socket. */
    PathFixture fromBackend(IpPort from, String... lines) {
        ingress.setDatagram(RoutingSnapshot.BACKEND_SIDE, from);
        return accept(lines);
    }

    /** A datagram for the backends' socket of that event loop. */
    PathFixture fromBackendOn(int loop, IpPort from, String... lines) {
        ingress.setBackendDatagram(loop, from);
        return accept(lines);
    }

    /** A message on a connection. */
    PathFixture tcp(long flow, IpPort from, String... lines) {
        ingress.setStream(TCP, Transport.TCP, flow, from);
        return accept(lines);
    }

    /** A message that could not be sent on its connection. */
    void undelivered(IpPort peer, String text) {
        clear();
        ingress.setStream(RoutingSnapshot.BACKEND_SIDE, Transport.TCP, 99, peer);
        byte[] bytes = text.getBytes(ISO_8859_1);
        path.undelivered(bytes, 0, bytes.length, ingress);
    }

    /** A connection of the phone's ends. */
    void flowEnded(long flow) {
        clear();
        ingress.setStream(TCP, Transport.TCP, flow, PHONE);
        path.flowEnded(ingress);
    }

    /** The look-up ends. */
    PathFixture nameKnown(long lookup) {
        clear();
        path.nameKnown(lookup);
        return this;
    }

    private void clear() {
        sent.clear();
        dropped.clear();
        unparsed.clear();
        replies.clear();
        cookies.clear();
        named = 0;
    }

    private PathFixture accept(String... lines) {
        clear();
        String text = lines.length == 1 ? lines[0] : String.join("\r\n", lines) + "\r\n\r\n";
        byte[] bytes = text.getBytes(ISO_8859_1);
        path.accept(bytes, 0, bytes.length, ingress);
        return this;
    }

    /** The only message that left. */
    Sent only() {
        if (sent.size() != 1) {
            throw new AssertionError("sent " + sent + ", dropped " + dropped + ", refused " + unparsed);
        }
        return sent.get(0);
    }

    /** The values of all headers of that name in the only message that left. */
    List<String> headers(String name) {
        return headers(only().text(), name);
    }

    static List<String> headers(String message, String name) {
        return message.lines()
                .takeWhile(line -> !line.isEmpty())
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).trim())
                .toList();
    }

    @Override
    public boolean datagram(int listener, IpPort to, byte[] bytes, int length) {
        sent.add(new Sent("udp" + listener + ">" + to, new String(bytes, 0, length, ISO_8859_1)));
        return true;
    }

    @Override
    public boolean datagramFrom(int loop, IpPort to, byte[] bytes, int length) {
        sent.add(new Sent("loop" + loop + ">" + to, new String(bytes, 0, length, ISO_8859_1)));
        return true;
    }

    @Override
    public boolean flow(long flow, byte[] bytes, int length) {
        if (flowsAlive) {
            String text = new String(bytes, 0, length, ISO_8859_1);
            sent.add(new Sent("flow>" + flow, text));
            if (text.startsWith("INVITE ")) {
                path.invited(flow, bytes, 0, length);
            }
        }
        return flowsAlive;
    }

    @Override
    public void connection(Transport transport, IpPort to, byte[] bytes, int length) {
        sent.add(new Sent(
                transport.name().toLowerCase(java.util.Locale.ROOT) + ">" + to,
                new String(bytes, 0, length, ISO_8859_1)));
    }

    @Override
    public void received(SipMessage message, Ingress in, RoutingSnapshot snapshot) {}

    @Override
    public void parseFailed(ParseFailure failure) {
        unparsed.add(failure);
    }

    @Override
    public void toBackend(Target backend, SipMessage request) {}

    @Override
    public void toClient(SipMessage message, Transport transport) {}

    @Override
    public void toNamed(Transport transport) {
        named++;
    }

    @Override
    public void cookie(CookieFinding finding) {
        cookies.add(finding);
    }

    @Override
    public void replied(int status) {
        replies.add(status);
    }

    @Override
    public void waiting(WaitingEvent event) {
        waiting.add(event);
    }

    @Override
    public void dropped(DropReason reason) {
        dropped.add(reason);
    }
}
