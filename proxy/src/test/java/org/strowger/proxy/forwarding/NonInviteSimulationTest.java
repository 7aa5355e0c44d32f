package org.strowger.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.proxy.forwarding.SimulatedBackend.Mood;
import org.strowger.proxy.routing.Redispatch;

/**
 * Thousands of requests other than INVITE through the real message path, with backends that change their mood every 2 s and
 * a network that loses, doubles and reorders: what must hold for all of them.
 */
class NonInviteSimulationTest {
    private static final int REQUESTS = 3000;
    private static final long QUIET_MILLIS = 300_000;

    @ParameterizedTest
    @CsvSource({
        "1, REGISTER, 0, 0, round-robin, 1.0",
        "2, OPTIONS, 0, 0, call-id, 1.0",
        "3, SUBSCRIBE, 0.01, 0.05, call-id, 0.2",
        "4, REGISTER, 0.3, 0.1, round-robin, 1.0",
        "5, REGISTER, 0, 0.2, call-id, 0.2",
        "6, OPTIONS, 0.3, 0, round-robin, 0.05"
    })
    void everyRequestIsAnsweredOnceOrNotAtAll(
            long seed, String method, double loss, double doubled, String policy, double budget) {
        SimulatedNetwork network = new SimulatedNetwork(seed, loss, doubled);
        SimulatedProxy proxy = new SimulatedProxy(network, BalancingPolicy.of(policy), budget, 1 << 15, 1, 2, 3, 4, 5);
        drive(network, proxy, method);
        // A datagram that was doubled, and comes after the answer, is a new request; its answer may be lost.
        checkClients(proxy, loss > 0 && doubled > 0 ? REQUESTS / 1000 : 0);
        assertThat(twice(proxy)).as("requests that reached one backend twice").isEmpty();
        checkBudget(proxy, budget);
        assertThat(proxy.redispatches).as("causes").hasSize(3);
        assertThat(proxy.table.size()).isZero();
        assertThat(proxy.bytes.lent()).isZero();
        assertThat(proxy.began).isEqualTo(proxy.ended).isGreaterThan(REQUESTS);
        assertThat(new HashSet<>(proxy.refused)).isEmpty();
    }

    /** Two deliveries would be two messages. */
    @ParameterizedTest
    @ValueSource(strings = {"MESSAGE", "INFO", "PUBLISH", "REFER", "NOTIFY", "FOO"})
    void whatHasAnEffectReachesOneBackendOnly(String method) {
        SimulatedNetwork network = new SimulatedNetwork(7, 0.1, 0.1);
        SimulatedProxy proxy =
                new SimulatedProxy(network, new BalancingPolicy.RoundRobin(), judging(1), 1 << 15, 1, 2, 3, 4, 5);
        drive(network, proxy, method);
        checkClients(proxy, 0);
        Set<String> callIds = new HashSet<>();
        assertThat(delivered(proxy).filter(callId -> !callIds.add(callId)).toList())
                .as("requests that were delivered twice")
                .isEmpty();
        assertThat(proxy.redispatches).isEmpty();
        assertThat(proxy.hasTimers()).isFalse();
    }

    /** With nothing lost, each request is one verdict, whether it is kept, watched because there is no budget, or never kept. */
    @ParameterizedTest
    @CsvSource({"REGISTER, 0", "OPTIONS, 0", "MESSAGE, 0", "MESSAGE, 1", "INVITE, 0"})
    void liveTrafficIsJudgedWithoutReDispatch(String method, double budget) {
        SimulatedNetwork network = new SimulatedNetwork(8, 0, 0);
        SimulatedProxy proxy =
                new SimulatedProxy(network, new BalancingPolicy.RoundRobin(), judging(budget), 1 << 15, 1, 2, 4, 5);
        proxy.backends.forEach(backend -> backend.setMood(Mood.ANSWERS));
        proxy.backends.get(0).setMood(Mood.SILENT);
        proxy.backends.get(1).setMood(Mood.UNAVAILABLE);
        proxy.backends.get(2).setMood(Mood.CLOSED);
        proxy.startClock();
        for (int i = 0; i < 400; i++) {
            int number = i;
            network.after(10L * i, () -> proxy.client(method, number, true).start());
        }
        network.run(QUIET_MILLIS);
        assertThat(proxy.redispatches).isEmpty();
        assertThat(proxy.silences).as("of the silent one").isEqualTo(100);
        assertThat(proxy.failures).as("of the one that fails").isEqualTo(100);
        assertThat(proxy.judged - proxy.failures).as("of the good one").isEqualTo(100);
        assertThat(proxy.suspicions).isEqualTo(method.equals("INVITE") ? 100 : 0);
        assertThat(proxy.events).doesNotContainKey(InFlightEvent.UNWATCHED);
        assertThat(proxy.hasTimers()).isFalse();
    }

    /** More than there is room for: some go unwatched, all go their way. */
    @Test
    void tooManyToWatchAreASample() {
        SimulatedNetwork network = new SimulatedNetwork(9, 0, 0);
        SimulatedProxy proxy = new SimulatedProxy(network, new BalancingPolicy.RoundRobin(), judging(1), 1 << 15, 1, 2);
        proxy.backends.forEach(backend -> backend.setMood(Mood.SILENT));
        proxy.startClock();
        int many = LiveWatch.CAPACITY + 4000;
        for (int i = 0; i < many; i++) {
            int number = i;
            network.after(i, () -> proxy.client("MESSAGE", number, true).start());
        }
        network.run(QUIET_MILLIS);
        int unwatched = proxy.events.getOrDefault(InFlightEvent.UNWATCHED, 0);
        assertThat(unwatched).isBetween(4000, 8000);
        assertThat(proxy.silences).isEqualTo(many - unwatched);
        assertThat(proxy.hasTimers()).isFalse();
    }

    private static Redispatch judging(double budget) {
        return new Redispatch(
                Duration.ofMillis(500),
                Duration.ofSeconds(2),
                new Redispatch.Causes(Set.of(503), true),
                budget,
                1,
                new Redispatch.Verdicts(true, Set.of(503)));
    }

    private static void drive(SimulatedNetwork network, SimulatedProxy proxy, String method) {
        proxy.startClock();
        Mood[] moods = Mood.values();
        for (long at = 0; at < REQUESTS * 10L; at += 2000) {
            network.after(
                    at,
                    () -> proxy.backends.forEach(backend -> {
                        boolean good = network.random.nextInt(3) == 0;
                        backend.setMood(good ? Mood.ANSWERS : moods[network.random.nextInt(moods.length)]);
                    }));
        }
        for (int i = 0; i < REQUESTS; i++) {
            int number = i;
            network.after(
                    10L * i, () -> proxy.client(method, number, number % 3 == 0).start());
        }
        network.run(REQUESTS * 10L + QUIET_MILLIS);
    }

    /** RFC 4320 section 4.2: never 408; one final response, which may be repeated; hardly ever one too late. */
    private static void checkClients(SimulatedProxy proxy, int answeredTwice) {
        assertThat(proxy.clients.values())
                .flatMap(client -> client.finals.keySet())
                .noneMatch(key -> key.startsWith("408"));
        assertThat(proxy.clients.values().stream()
                        .filter(client -> client.finals.size() > 1)
                        .map(client -> client.number + " " + client.finals)
                        .toList())
                .as("several final responses")
                .hasSizeLessThanOrEqualTo(answeredTwice);
        assertThat(proxy.clients.values().stream()
                        .mapToInt(client -> client.late)
                        .sum())
                .as("responses after Timer F")
                .isLessThan(REQUESTS / 200);
        assertThat(proxy.clients.values().stream()
                        .filter(client -> !client.finals.isEmpty())
                        .count())
                .isGreaterThan(REQUESTS / 2);
    }

    private static List<String> twice(SimulatedProxy proxy) {
        Set<String> seen = new HashSet<>();
        return proxy.backends.stream()
                .flatMap(backend -> backend.others.byBranch.values().stream()
                        .map(one -> backend.address + " " + one.request.header("Call-ID")))
                .filter(one -> !seen.add(one))
                .toList();
    }

    private static Stream<String> delivered(SimulatedProxy proxy) {
        return proxy.backends.stream()
                .flatMap(backend -> backend.others.byBranch.values().stream())
                .map(one -> one.request.header("Call-ID"));
    }

    /** Of the ten seconds that end with one in which a request went on. */
    private static void checkBudget(SimulatedProxy proxy, double budget) {
        for (long at : new HashSet<>(proxy.movedOn)) {
            long second = at / 1000;
            double allowed = Math.max(100, Math.ceil(budget * within(proxy.kept, second)));
            assertThat((double) within(proxy.movedOn, second))
                    .as("re-dispatches until second " + second)
                    .isLessThanOrEqualTo(allowed);
        }
    }

    private static long within(List<Long> millis, long second) {
        return millis.stream()
                .filter(at -> at / 1000 <= second && at / 1000 > second - 10)
                .count();
    }
}
