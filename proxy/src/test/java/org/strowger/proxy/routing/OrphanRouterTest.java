package org.strowger.proxy.routing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.MockTicker;
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
import org.strowger.health.Eligibility;
import org.strowger.proxy.balancing.Affinity;
import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.proxy.balancing.BoundedLoad;
import org.strowger.proxy.balancing.Member;
import org.strowger.proxy.metrics.BackendCounter;
import org.strowger.proxy.metrics.BackendCounterTable;
import org.strowger.proxy.metrics.BackendCounters;
import org.strowger.sip.ParseFailure;
import org.strowger.sip.SipMessage;
import org.strowger.sip.SipParser;
import org.strowger.sip.Transport;
import org.strowger.sip.cookie.BackendIdentity;

/** Who gets a request of a dialog whose backend is down. */
class OrphanRouterTest {
    private final MockTicker ticker = Ticker.newMockTicker();
    private final OrphanRouter router = new OrphanRouter(StableHash.STANDARD, new Reply());
    private final BackendCounters counters =
            new BackendCounterTable(1).countersOf("a").get(0);
    private final List<Target> targets = new ArrayList<>();

    private RoutingSnapshot snapshot(Pool.Dialogs dialogs, Eligibility first, Eligibility others) {
        targets.clear();
        List<Member> members = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            Backend backend = Backend.of(Transport.UDP, new InetSocketAddress("10.0.0." + i, 5060));
            targets.add(new Target(
                    backend,
                    BackendIdentity.hash(backend.id()),
                    new byte[0][],
                    new RecordRoute[0][],
                    i == 1 ? List.of(counters) : List.of()));
            members.add(new Member(backend, i == 1 ? first : others));
        }
        BalancingPolicy policy = new BalancingPolicy.RoundRobin();
        Pool pool = new Pool(
                "p",
                targets,
                policy.pickers(BoundedLoad.OFF, ticker).build(members),
                policy,
                new Affinity(1000, Duration.ofMinutes(5), ticker),
                Pool.PathPolicy.SKIP,
                Redispatch.OFF,
                dialogs,
                members);
        return new RoutingSnapshot(
                List.of(),
                targets,
                List.of(pool),
                RuleSet.compile(List.of(new Rule(List.of(), new Action.ToPool(0)))),
                new OwnAddresses(Set.of(), List.of()),
                new RecordRoute[0][],
                new byte[0][],
                false);
    }

    private static SipMessage inDialog(String method) {
        byte[] bytes = """
                %s sip:bob@example.com SIP/2.0
                Via: SIP/2.0/UDP h;branch=z9hG4bK1
                From: <sip:a@h>;tag=1
                To: <sip:bob@example.com>;tag=2
                Call-ID: c
                CSeq: 2 %s

                """.formatted(method, method).replace("\n", "\r\n").getBytes(UTF_8);
        SipMessage message = new SipMessage(32);
        assertThat(new SipParser().parse(bytes, 0, bytes.length, message)).isEqualTo(ParseFailure.NONE);
        return message;
    }

    private Target taker(RoutingSnapshot snapshot) {
        SipMessage message = inDialog("BYE");
        Target first = targets.get(0);
        Pool pool = snapshot.poolOfDead(first);
        return pool == null ? first : router.taker(message, snapshot, pool, first);
    }

    @ParameterizedTest
    @CsvSource({
        "FAIL, ESTABLISHED_ONLY, NEW_AND_ESTABLISHED, ITSELF",
        "FAIL, LINGERING, NEW_AND_ESTABLISHED, ITSELF",
        "FAIL, NONE, NEW_AND_ESTABLISHED, NOBODY",
        "GROUP, ESTABLISHED_ONLY, NEW_AND_ESTABLISHED, ITSELF",
        "GROUP, LINGERING, NEW_AND_ESTABLISHED, ANOTHER",
        "GROUP, NONE, NEW_AND_ESTABLISHED, ANOTHER",
        "GROUP, LINGERING, NONE, ITSELF",
        "GROUP, NONE, NONE, NOBODY"
    })
    void whoGetsIt(Pool.Dialogs dialogs, Eligibility first, Eligibility others, String expected) {
        Target taker = taker(snapshot(dialogs, first, others));
        String who = taker == Target.NONE ? "NOBODY" : taker == targets.get(0) ? "ITSELF" : "ANOTHER";
        assertThat(who).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"FAIL", "GROUP"})
    void whoHasAnsweredSinceLives(Pool.Dialogs dialogs) {
        RoutingSnapshot snapshot = snapshot(dialogs, Eligibility.NONE, Eligibility.NEW_AND_ESTABLISHED);
        counters.increment(BackendCounter.response(200));
        assertThat(taker(snapshot)).isSameAs(targets.get(0));
    }

    @Test
    void theWholeCallGoesToTheSameOther() {
        RoutingSnapshot snapshot = snapshot(Pool.Dialogs.GROUP, Eligibility.NONE, Eligibility.NEW_AND_ESTABLISHED);
        Target heir = taker(snapshot);
        for (int i = 0; i < 10; i++) {
            assertThat(taker(snapshot)).isSameAs(heir);
        }
    }

    @ParameterizedTest
    @CsvSource({"BYE, 481", "PRACK, 481", "UPDATE, 500", "INVITE, 500", "INFO, 500"})
    void whatTheSenderIsTold(String method, int status) {
        assertThat(router.refuse(inDialog(method)))
                .isInstanceOfSatisfying(
                        Reply.class, reply -> assertThat(reply.status()).isEqualTo(status));
    }
}
