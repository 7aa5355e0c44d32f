package org.strowger.proxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.Ticker;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strowger.discovery.Backend;
import org.strowger.proxy.balancing.Affinity;
import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.proxy.balancing.CallsAtHome;
import org.strowger.proxy.balancing.Picker;
import org.strowger.sip.IpPort;
import org.strowger.sip.Transport;
import org.strowger.sip.cookie.BackendIdentity;

/** What the router remembers of the choices of a picker. */
class PoolRouterTest {
    private final Affinity affinity = new Affinity(100, Duration.ofMinutes(5), Ticker.newMockTicker());
    private final PoolRouter router = new PoolRouter(StableHash.STANDARD, new CallsAtHome(Ticker.newMockTicker()));

    /** A picker that always makes the same choice, and repeats another one. */
    private record Fixed(int choice, int repeated) implements Picker {
        @Override
        public int pick(long keyHash) {
            return choice;
        }

        @Override
        public int repeat(long keyHash) {
            return repeated;
        }
    }

    private static Target target(int number) {
        Backend backend = Backend.of(Transport.UDP, new InetSocketAddress("10.0.0." + number, 5060));
        return new Target(backend, BackendIdentity.hash(backend.id()), new byte[0][], new RecordRoute[0][], List.of());
    }

    /** The number of the backend that a pool of those backends gives the request to. */
    private int route(String method, Picker picker, int... backends) {
        Forward forward = new Forward();
        assertThat(decide(method, picker, forward, backends)).isSameAs(forward);
        return forward.target().address().ipv4() & 255;
    }

    private Decision decide(String method, Picker picker, Forward forward, int... backends) {
        List<Target> members = new ArrayList<>();
        for (int number : backends) {
            members.add(target(number));
        }
        Pool pool = new Pool("p", members, picker, new BalancingPolicy.CallId(), affinity, Pool.PathPolicy.SKIP);
        RoutingSnapshot snapshot = new RoutingSnapshot(
                List.of(),
                members,
                List.of(pool),
                RuleSet.compile(List.of(new Rule(List.of(), new Action.ToPool(0)))),
                new OwnAddresses(Set.of(), List.of()),
                new RecordRoute[0][],
                new byte[0][],
                false);
        Ingress in = new Ingress();
        in.setDatagram(1, IpPort.of(new InetSocketAddress("192.0.2.9", 5060)));
        forward.clear();
        return router.route(Requests.of(method, "sip:bob@example.com").parse(), in, snapshot, forward, new Reply());
    }

    @ParameterizedTest
    @CsvSource({
        "INVITE, 0, true, All Backends At Their Limits",
        "INVITE, -1, false, No Backend Available",
        "OPTIONS, 0, false, No Backend Available"
    })
    void aRefusalSaysWhetherLimitsAreTheCause(String method, int repeated, boolean atLimits, String reason) {
        Reply reply = (Reply) decide(method, new Fixed(Picker.NONE, repeated), new Forward(), 1, 2);
        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.reason()).isEqualTo(reason);
        assertThat(reply.isAtLimits()).isEqualTo(atLimits);
        assertThat(reply.retryAfter()).isBetween(atLimits ? 1 : 0, atLimits ? 4 : 0);
    }

    @Test
    void aChoiceThatMustBeRememberedIsMadeOnce() {
        assertThat(route("INVITE", new Fixed(1 | Picker.REMEMBER, 0), 1, 2)).isEqualTo(2);
        assertThat(route("INVITE", new Fixed(0, 0), 1, 2)).isEqualTo(2);
        assertThat(route("CANCEL", new Fixed(0, 0), 1, 2)).isEqualTo(2);
    }

    @Test
    void otherChoicesCostNoMemory() {
        assertThat(route("INVITE", new Fixed(1, 0), 1, 2)).isEqualTo(2);
        assertThat(affinity.isEmpty()).isTrue();
        assertThat(route("CANCEL", new Fixed(1, 0), 1, 2)).isEqualTo(1);
    }

    /** Were the old entry left, the call would go back with the backend. */
    @Test
    void aCallDoesNotFollowABackendThatComesBack() {
        assertThat(route("INVITE", new Fixed(1 | Picker.REMEMBER, 0), 1, 2)).isEqualTo(2);
        assertThat(route("INVITE", new Fixed(0, 0), 1, 3)).isEqualTo(1);
        assertThat(route("CANCEL", new Fixed(2, 2), 1, 2, 3)).isEqualTo(1);
    }
}
