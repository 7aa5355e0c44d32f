package org.strowger.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.util.concurrent.Ticker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.strowger.discovery.Backend;
import org.strowger.health.Eligibility;
import org.strowger.proxy.balancing.Affinity;
import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.proxy.balancing.BoundedLoad;
import org.strowger.proxy.balancing.Member;
import org.strowger.proxy.forwarding.BackendAlarm;
import org.strowger.proxy.forwarding.Egress;
import org.strowger.proxy.forwarding.MessageLimits;
import org.strowger.proxy.forwarding.MessagePath;
import org.strowger.proxy.forwarding.ParkedRequests;
import org.strowger.proxy.forwarding.PathObserver;
import org.strowger.proxy.forwarding.RequestProtection;
import org.strowger.proxy.inflight.BytePool;
import org.strowger.proxy.inflight.InFlightTable;
import org.strowger.proxy.metrics.BackendCounterTable;
import org.strowger.proxy.routing.Action;
import org.strowger.proxy.routing.CookieFinding;
import org.strowger.proxy.routing.DropReason;
import org.strowger.proxy.routing.Ingress;
import org.strowger.proxy.routing.NameLookup;
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
import org.strowger.threading.RunsOn;

/** A proxy without sockets for the benchmarks: one UDP listener, one pool, one rule; what it sends is only counted. */
@RunsOn(RunsOn.Runner.ANY)
final class SampleProxy implements Egress, PathObserver {
    private static final int LISTENER = 1;
    private static final String OUTSIDE = "127.0.0.1:5060";
    private static final String INSIDE = "127.0.0.1:5080";
    private static final byte[] VIA = ("Via: SIP/2.0/UDP " + INSIDE + ";branch=z9hG4bK").getBytes(ISO_8859_1);

    private static final byte[] OUTSIDE_VIA = ("Via: SIP/2.0/UDP " + OUTSIDE + ";branch=z9hG4bK").getBytes(ISO_8859_1);

    private final IpPort client = IpPort.of(new InetSocketAddress("127.0.0.2", 5070));
    private final Ingress ingress = new Ingress();
    private final RoutingSnapshot snapshot;
    private final CookieCodec codec = new CookieCodec(ClusterKey.of(new byte[ClusterKey.LENGTH]), Optional.empty());
    private final MessagePath path;
    private boolean isCapturing;
    private byte[] captured = {};
    private IpPort capturedTo = client;
    private byte[] last = {};
    private long sentBytes;
    private int dropped;

    SampleProxy(String balance, int backends) {
        this(balance, backends, Redispatch.OFF);
    }

    SampleProxy(String balance, int backends, Redispatch redispatch) {
        snapshot = snapshot(BalancingPolicy.of(balance), backends, redispatch);
        path = new MessagePath(
                0,
                codec,
                () -> snapshot,
                this,
                this,
                new MessageLimits(65_535, 256),
                NameLookup.NONE,
                new ParkedRequests(0, 0, Duration.ZERO, Ticker.systemTicker()),
                new RequestProtection(
                        new InFlightTable(1 << 15, 0x2545_F491_4F6C_DD1DL, new BytePool(64 << 20)),
                        Ticker.systemTicker(),
                        BackendAlarm.NONE));
    }

    /** The request captured last. */
    String lastText() {
        return new String(captured, ISO_8859_1);
    }

    /** Lets time pass for requests in flight. */
    void tick() {
        path.tick();
    }

    /** Writes our Via of the last request to a backend, which begins there, over the same one of its answer. */
    void answerLast(byte[] answer, int via, int viaInRequest, int length) {
        System.arraycopy(last, viaInRequest, answer, via, length);
    }

    RoutingSnapshot routing() {
        return snapshot;
    }

    CookieCodec codec() {
        return codec;
    }

    /** Where a request of the client comes in. */
    Ingress fromClient() {
        ingress.setDatagram(LISTENER, client);
        return ingress;
    }

    /** Where the answer to the last captured request comes in. */
    Ingress fromBackend() {
        ingress.setBackendDatagram(0, capturedTo);
        return ingress;
    }

    /** The whole way of one message; returns the bytes sent so far, so that nothing is optimised away. */
    long accept(byte[] message, Ingress in) {
        path.accept(message, 0, message.length, in);
        return sentBytes;
    }

    /** The backend's answer to an INVITE, with our Via and Record-Route in it. */
    byte[] answerTo(byte[] invite) {
        String forwarded = capture(invite);
        return String.join(
                        "\r\n",
                        "SIP/2.0 200 OK",
                        lines(forwarded, "Via:") + lines(forwarded, "Record-Route:") + lines(forwarded, "From:")
                                + lines(forwarded, "To:").stripTrailing() + ";tag=8321234356",
                        lines(forwarded, "Call-ID:") + lines(forwarded, "CSeq:") + "Contact: <sip:bob@127.0.1.1:5060>",
                        "Content-Length: 0",
                        "",
                        "")
                .getBytes(ISO_8859_1);
    }

    /** The client's BYE in the dialog that an INVITE made, with our Route in it. */
    byte[] byeAfter(byte[] invite) {
        String route = lines(capture(invite), "Record-Route:")
                .replace("Record-Route:", "Route:")
                .stripTrailing();
        return new String(SampleMessages.bye(), ISO_8859_1)
                .replace("Route: <sip:127.0.0.1:5060;lr>", route)
                .getBytes(ISO_8859_1);
    }

    private String capture(byte[] request) {
        isCapturing = true;
        accept(request, fromClient());
        isCapturing = false;
        if (captured.length == 0) {
            throw new IllegalStateException("the request was not forwarded");
        }
        return new String(captured, ISO_8859_1);
    }

    private static String lines(String message, String name) {
        return message.lines().filter(line -> line.startsWith(name)).collect(Collectors.joining("\r\n", "", "\r\n"));
    }

    /** Fails when something was not forwarded: a benchmark of refusals would flatter us. */
    void checkNothingDropped() {
        if (dropped > 0) {
            throw new IllegalStateException("dropped or refused: " + dropped + " (expected: 0)");
        }
    }

    private static RoutingSnapshot snapshot(BalancingPolicy policy, int size, Redispatch redispatch) {
        RecordRoute[][] routes = new RecordRoute[RoutingSnapshot.BACKEND_SIDE][];
        routes[LISTENER] = new RecordRoute[] {RecordRoute.of(INSIDE, Transport.UDP, OUTSIDE, Transport.UDP)};
        BackendCounterTable counters = new BackendCounterTable(1);
        List<Target> targets = IntStream.range(0, size)
                .mapToObj(i -> new InetSocketAddress("127.1." + i / 250 + "." + (i % 250 + 1), 5060))
                .map(address -> Backend.of(Transport.UDP, address))
                .map(backend -> new Target(
                        backend,
                        BackendIdentity.hash(backend.id()),
                        new byte[][] {VIA},
                        routes,
                        counters.countersOf(backend.id())))
                .toList();
        List<Member> members = targets.stream()
                .map(target -> new Member(target.backend(), Eligibility.NEW_AND_ESTABLISHED))
                .toList();
        Pool pool = new Pool(
                "pool",
                targets,
                policy.pickers(BoundedLoad.DEFAULT, Ticker.systemTicker()).build(members),
                policy,
                new Affinity(Affinity.DEFAULT_MAX_ENTRIES, Affinity.DEFAULT_EXPIRY, Ticker.systemTicker()),
                Pool.PathPolicy.INSERT,
                redispatch,
                Pool.Dialogs.FAIL,
                members);
        Set<IpPort> own = Set.of(
                IpPort.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 5060)),
                IpPort.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 5080)));
        return new RoutingSnapshot(
                List.of(new SipListener(LISTENER, "front", Transport.UDP, true, false, false, OUTSIDE_VIA)),
                targets,
                List.of(pool),
                RuleSet.compile(List.of(new Rule(List.of(), new Action.ToPool(0)))),
                new OwnAddresses(own, List.of()),
                routes,
                new byte[][] {VIA},
                false);
    }

    @Override
    public boolean datagram(int listener, IpPort to, byte[] bytes, int length) {
        sentBytes += length;
        last = bytes;
        if (isCapturing) {
            captured = Arrays.copyOf(bytes, length);
            capturedTo = to;
        }
        return true;
    }

    @Override
    public boolean datagramFrom(int loop, IpPort to, byte[] bytes, int length) {
        return datagram(RoutingSnapshot.BACKEND_SIDE, to, bytes, length);
    }

    @Override
    public boolean flow(long flow, byte[] bytes, int length) {
        throw new IllegalStateException("flow: " + flow + " (expected: datagrams only)");
    }

    @Override
    public void connection(Transport transport, IpPort to, byte[] bytes, int length) {
        throw new IllegalStateException("connection: " + to + " (expected: datagrams only)");
    }

    @Override
    public void received(SipMessage message, Ingress in, RoutingSnapshot routing) {}

    @Override
    public void parseFailed(ParseFailure failure) {
        dropped++;
    }

    @Override
    public void toBackend(Target backend, SipMessage request) {}

    @Override
    public void toClient(SipMessage message, Transport transport) {}

    @Override
    public void toNamed(Transport transport) {}

    @Override
    public void cookie(CookieFinding finding) {}

    @Override
    public void replied(int status) {
        dropped++;
    }

    @Override
    public void dropped(DropReason reason) {
        dropped++;
    }
}
