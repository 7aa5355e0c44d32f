package org.strowger.proxy.routing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.strowger.discovery.Backend;
import org.strowger.health.Eligibility;
import org.strowger.proxy.balancing.Affinity;
import org.strowger.proxy.balancing.BackendLoads;
import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.proxy.balancing.BalancingSettings;
import org.strowger.proxy.balancing.CallsAtHome;
import org.strowger.proxy.balancing.Limits;
import org.strowger.proxy.balancing.Measurements;
import org.strowger.proxy.balancing.Member;
import org.strowger.proxy.balancing.PickerFactory;
import org.strowger.proxy.calls.CallLeases;
import org.strowger.sip.IpPort;
import org.strowger.sip.ParseFailure;
import org.strowger.sip.SipMessage;
import org.strowger.sip.SipParser;
import org.strowger.sip.Transport;
import org.strowger.sip.cookie.BackendIdentity;

/** Where the messages of a call go when its backend reaches its bound after the INVITE. */
class FullBackendTest {
    private final MockTicker ticker = Ticker.newMockTicker();
    private BalancingPolicy policy = new BalancingPolicy.User();
    private final BackendLoads loads = new BackendLoads();
    private final CallLeases leases = new CallLeases(10_000, Duration.ofHours(1), ticker);
    private PickerFactory pickers =
            policy.pickers(BalancingSettings.DEFAULT, new Measurements(loads, leases, ticker, 1));
    private final Affinity affinity = new Affinity(10_000, Duration.ofMinutes(5), ticker);
    private final PoolRouter router = new PoolRouter(StableHash.STANDARD, new CallsAtHome(ticker));
    private final List<Target> targets = new ArrayList<>();
    private final List<Member> members = new ArrayList<>();
    private RoutingSnapshot snapshot = RoutingSnapshot.EMPTY;

    @BeforeEach
    void threeBackends() {
        for (int i = 1; i <= 3; i++) {
            addBackend(i);
        }
        publish();
    }

    private void addBackend(int number) {
        Backend backend = Backend.of(Transport.UDP, new InetSocketAddress("10.0.0." + number, 5060));
        long identity = BackendIdentity.hash(backend.id());
        targets.add(new Target(backend, identity, new byte[0][], new RecordRoute[0][], List.of()));
        members.add(new Member(backend, Eligibility.NEW_AND_ESTABLISHED));
    }

    private void publish() {
        Pool pool = new Pool("p", targets, pickers.build(members), policy, affinity, Pool.PathPolicy.SKIP);
        snapshot = new RoutingSnapshot(
                List.of(),
                targets,
                List.of(pool),
                RuleSet.compile(List.of(new Rule(List.of(), new Action.ToPool(0)))),
                new OwnAddresses(Set.of(), List.of()),
                new RecordRoute[0][],
                new byte[0][],
                false);
    }

    /** The backend of a request to bob, whose backend is always the same without a bound. */
    private Target route(String method, String callId) {
        Forward forward = new Forward();
        assertThat(decide(method, callId, forward)).isSameAs(forward);
        return forward.target();
    }

    private Decision decide(String method, String callId, Forward forward) {
        byte[] bytes = (method + " sip:bob@example.com SIP/2.0\r\n"
                        + "Via: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:bob@example.com>\r\n"
                        + "Call-ID: " + callId + "\r\nCSeq: 1 " + method + "\r\n\r\n")
                .getBytes(UTF_8);
        SipMessage message = new SipMessage(32);
        assertThat(new SipParser().parse(bytes, 0, bytes.length, message)).isEqualTo(ParseFailure.NONE);
        Ingress in = new Ingress();
        in.setDatagram(1, IpPort.of(new InetSocketAddress("192.0.2.9", 5060)));
        forward.clear();
        return router.route(message, in, snapshot, forward, new Reply());
    }

    @ParameterizedTest
    @ValueSource(strings = {"round-robin", "call-id", "user", "least-calls", "least-requests", "latency"})
    void theCallAfterAllLimitsIsRefusedForThem(String name) {
        policy = BalancingPolicy.of(name);
        pickers = policy.pickers(BalancingSettings.DEFAULT, new Measurements(loads, leases, ticker, 1));
        members.replaceAll(
                member -> new Member(member.backend(), member.eligibility(), new Limits(2, 0), member.upSinceNanos()));
        publish();
        Set<Target> taken = new HashSet<>();
        for (int i = 0; i < 6; i++) {
            taken.add(route("INVITE", "call-" + i));
        }
        assertThat(taken).hasSize(3);
        Reply reply = (Reply) decide("INVITE", "one-too-many", new Forward());
        assertThat(reply.isAtLimits()).isTrue();
        assertThat(route("OPTIONS", "limits are for calls")).isIn(targets);
    }

    /** Sends new calls until one is diverted from that backend. */
    private void fill(Target home) {
        for (int i = 0; i < 2_000; i++) {
            if (route("INVITE", "filler-" + ticker.nanoTime() + "-" + i) != home) {
                return;
            }
        }
        throw new AssertionError("no call is diverted");
    }

    @Test
    void aRetransmissionStaysWhileNewCallsAreDiverted() {
        Target home = route("INVITE", "early");
        fill(home);
        assertThat(route("INVITE", "early")).isSameAs(home);
        assertThat(route("INVITE", "late")).isNotSameAs(home);
        ticker.advance(31, TimeUnit.SECONDS);
        fill(home);
        assertThat(route("INVITE", "early")).isSameAs(home);
    }

    @Test
    void cancelAndAckFollowARetransmittedInvite() {
        Target home = route("INVITE", "early");
        fill(home);
        route("INVITE", "early");
        assertThat(route("CANCEL", "early")).isSameAs(home);
        assertThat(route("ACK", "early")).isSameAs(home);
    }

    @Test
    void whatWasDivertedStaysDivertedWhenItsHomeHasRoomAgain() {
        Target home = route("INVITE", "early");
        fill(home);
        Target other = route("INVITE", "late");
        ticker.advance(4, TimeUnit.MINUTES);
        assertThat(route("INVITE", "late")).isSameAs(other).isNotSameAs(home);
        assertThat(route("CANCEL", "late")).isSameAs(other);
    }

    @Test
    void aCallOfLongAgoIsLikeANewOne() {
        Target home = route("INVITE", "early");
        ticker.advance(2, TimeUnit.MINUTES);
        fill(home);
        ticker.advance(40, TimeUnit.SECONDS);
        fill(home);
        ticker.advance(40, TimeUnit.SECONDS);
        fill(home);
        assertThat(route("INVITE", "early")).isNotSameAs(home);
    }

    /** The picker counts it where it would go, before anybody knows that it stays; that is taken back. */
    @Test
    void aRetransmissionFromBeforeALimitStaysAndCountsNowhereElse() {
        Target home = route("INVITE", "early");
        fill(home);
        members.replaceAll(member ->
                new Member(member.backend(), member.eligibility(), new Limits(5_000, 0), member.upSinceNanos()));
        publish();
        ticker.advance(1, TimeUnit.SECONDS);
        fill(home);
        int counted = leases.size();
        assertThat(counted).isPositive();
        assertThat(route("INVITE", "early")).isSameAs(home);
        assertThat(leases.size()).isEqualTo(counted);
        assertThat(members.stream()
                        .mapToInt(member -> loads.of(member.backend().id()).calls())
                        .sum())
                .isEqualTo(counted);
    }

    /** Bob's home after the change is still the backend from before, and it is full. */
    @Test
    void aRetransmissionStaysAfterAChangeOfMembersToo() {
        Target home = route("INVITE", "early");
        fill(home);
        for (int i = 4; i <= 12; i++) {
            addBackend(i);
        }
        publish();
        fill(home);
        assertThat(route("INVITE", "early")).isSameAs(home);
        assertThat(route("CANCEL", "early")).isSameAs(home);
    }
}
