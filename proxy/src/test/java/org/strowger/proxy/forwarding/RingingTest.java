package org.strowger.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strowger.health.Eligibility;
import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.proxy.forwarding.SimulatedBackend.Mood;
import org.strowger.proxy.inflight.BytePool;
import org.strowger.proxy.routing.Redispatch;

/** A call rings when something happens to its backend (decision 0027): 1 and 2 of the pool over UDP, nothing lost. */
class RingingTest {
    private static final long DEATH = 150;

    private final SimulatedNetwork network = new SimulatedNetwork(1, 0, 0);
    private SimulatedProxy proxy = proxy(true, 1, 1, 2);

    private SimulatedProxy proxy(boolean leavesRinging, double budget, int... pool) {
        Redispatch policy = new Redispatch(
                Duration.ofMillis(500),
                Duration.ofSeconds(2),
                new Redispatch.Causes(Set.of(503), leavesRinging),
                budget,
                1,
                new Redispatch.Verdicts(false, Set.of()));
        return new SimulatedProxy(network, new BalancingPolicy.RoundRobin(), policy, 1 << 10, pool);
    }

    /** One call, and the number of the backend at which it rings. */
    private int ring() {
        proxy.backends.forEach(backend -> backend.setMood(Mood.RINGS));
        proxy.startClock();
        proxy.client(1, false).start();
        network.run(DEATH);
        proxy.backends.forEach(backend -> backend.setMood(Mood.ANSWERS));
        return proxy.backends.get(0).byBranch.isEmpty() ? 2 : 1;
    }

    private SimulatedBackend backend(int number) {
        return proxy.backends.get(number - 1);
    }

    private List<String> finals() {
        return proxy.client(1).finals.keySet().stream()
                .map(key -> key.substring(0, 3))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        // what the snapshot says, whether ringing calls may leave, who answers: the first, another, nobody so far
        "NONE, true, ANOTHER",
        "NONE, false, NOBODY",
        "LINGERING, true, NOBODY",
        "ESTABLISHED_ONLY, true, NOBODY",
        "TRIAL, true, NOBODY",
    })
    void whoRingsInItsPlace(Eligibility standing, boolean leavesRinging, String answers) {
        proxy = proxy(leavesRinging, 1, 1, 2);
        int first = ring();
        backend(first).die();
        proxy.stands(first, standing);
        network.run(30_000);
        boolean moved = answers.equals("ANOTHER");
        assertThat(finals()).isEqualTo(moved ? List.of("200") : List.of());
        assertThat(proxy.redispatches).isEqualTo(moved ? Map.of(RedispatchCause.GONE, 1) : Map.of());
        assertThat(proxy.abandoned).hasSize(moved ? 1 : 0);
        assertThat(proxy.client(1).provisionals.keySet())
                .as("one To tag for each backend")
                .hasSize(moved ? 2 : 1)
                .allMatch(key -> key.startsWith("180 "));
    }

    /** It is silent for a while, and goes on. */
    @Test
    void itsOwnAnswerPassesWhenItIsBack() {
        proxy.backends.forEach(backend -> backend.setMood(Mood.ANSWERS));
        proxy.startClock();
        proxy.client(1, false).start();
        network.run(DEATH);
        int first = proxy.backends.get(0).byBranch.isEmpty() ? 2 : 1;
        proxy.stands(first, Eligibility.LINGERING);
        network.run(DEATH + 20);
        proxy.stands(first, Eligibility.NEW_AND_ESTABLISHED);
        network.run(60_000);
        assertThat(finals()).containsExactly("200");
        assertThat(proxy.redispatches).isEmpty();
        assertThat(backend(3 - first).byBranch).isEmpty();
    }

    @Test
    void withNobodyLeftTheCallerIsToldAtOnce() {
        proxy = proxy(true, 1, 1);
        int first = ring();
        backend(first).die();
        proxy.stands(first, Eligibility.NONE);
        network.run(DEATH + 60);
        assertThat(finals()).containsExactly("500");
        assertThat(proxy.abandoned).hasSize(1);
        assertThat(proxy.events).containsKey(InFlightEvent.NOBODY_LEFT);
    }

    /** 100 and nothing more: to another backend, whatever is said of those that ring. */
    @ParameterizedTest
    @CsvSource({"true", "false"})
    void whatWasOnlyTakenUpLeavesToo(boolean leavesRinging) {
        proxy = proxy(leavesRinging, 1, 1, 2);
        proxy.backends.forEach(backend -> backend.setMood(Mood.LATE_UNAVAILABLE));
        proxy.startClock();
        proxy.client(1, false).start();
        network.run(DEATH);
        int first = proxy.backends.get(0).byBranch.isEmpty() ? 2 : 1;
        backend(3 - first).setMood(Mood.BUSY_HERE);
        backend(first).die();
        proxy.stands(first, Eligibility.NONE);
        network.run(DEATH + 100);
        assertThat(finals()).containsExactly("486");
        assertThat(proxy.redispatches).containsOnlyKeys(RedispatchCause.GONE);
    }

    /** It was not dead, only cut off: it rings on until it is cancelled, or its answer goes upstream. */
    @ParameterizedTest
    @CsvSource({"true", "false"})
    void anAbandonedOneThatLivesIsCancelled(boolean other) {
        int first = ring();
        backend(3 - first).setMood(other ? Mood.ANSWERS : Mood.RINGS);
        backend(first).cut(true);
        proxy.stands(first, Eligibility.NONE);
        network.run(DEATH + 1000);
        backend(first).cut(false);
        network.run(40_000);
        assertThat(backend(first).byBranch.values()).allMatch(call -> call.cancelled && call.acknowledged);
        assertThat(finals()).isEqualTo(other ? List.of("200") : List.of());
        assertThat(backend(first).surprises).isEmpty();
    }

    @Test
    void aLateSuccessOfTheAbandonedIsForwarded() {
        int first = ring();
        backend(3 - first).setMood(Mood.RINGS);
        backend(first).cut(true);
        proxy.stands(first, Eligibility.NONE);
        network.run(DEATH + 100);
        backend(first).cut(false);
        // Before the CANCEL is repeated.
        backend(first).answer();
        network.run(DEATH + 5000);
        assertThat(finals()).containsExactly("200");
        assertThat(backend(3 - first).byBranch.values()).allMatch(call -> call.cancelled);
    }

    /** CANCELs that the dead never answers end nothing but themselves. */
    @Test
    void theNewOneMayRingForLongerThanTheDeadIsCancelled() {
        int first = ring();
        backend(3 - first).setMood(Mood.RINGS);
        backend(first).cut(true);
        proxy.stands(first, Eligibility.NONE);
        network.run(100_000);
        assertThat(finals()).isEmpty();
        assertThat(backend(3 - first).byBranch.values()).allMatch(SimulatedBackend.Call::isPending);
    }

    @Test
    void theClientsCancelGoesToTheNewOne() {
        int first = ring();
        backend(3 - first).setMood(Mood.RINGS);
        backend(first).die();
        proxy.stands(first, Eligibility.NONE);
        network.run(DEATH + 200);
        proxy.client(1).cancel();
        network.run(DEATH + 300);
        assertThat(backend(3 - first).byBranch.values()).hasSize(1).allMatch(call -> call.cancelled);
        assertThat(finals()).containsExactly("487");
    }

    @Test
    void aCancelledCallEndsWithItsBackend() {
        int first = ring();
        backend(first).cut(true);
        proxy.client(1).cancel();
        network.run(DEATH + 100);
        proxy.stands(first, Eligibility.NONE);
        network.run(DEATH + 200);
        assertThat(finals()).containsExactly("487");
        assertThat(backend(3 - first).byBranch).isEmpty();
    }

    /** Something of it was on its way at the verdict, and nothing follows. */
    @Test
    void whoAnswersAfterTheVerdictIsLeftOnceItIsSilent() {
        int first = ring();
        backend(3 - first).setMood(Mood.BUSY_HERE);
        backend(first).die();
        proxy.stands(first, Eligibility.NONE);
        proxy.countResponse(first);
        network.run(DEATH + 900);
        assertThat(finals()).isEmpty();
        network.run(DEATH + 1100);
        assertThat(finals()).containsExactly("486");
    }

    /** The budget lets 100 of 10 s go at once; the others follow as it allows, and none is lost. */
    @Test
    void whatTheBudgetDoesNotAllowWaits() {
        proxy = proxy(true, 0.05, 1, 2);
        proxy.backends.forEach(backend -> backend.setMood(Mood.RINGS));
        proxy.startClock();
        IntStream.range(0, 500)
                .forEach(i -> network.after(2L * i, () -> proxy.client(i, false).start()));
        network.run(1200);
        int rang = backend(1).byBranch.size();
        backend(1).die();
        backend(2).setMood(Mood.BUSY_HERE);
        proxy.stands(1, Eligibility.NONE);
        network.run(1400);
        assertThat(proxy.redispatches.get(RedispatchCause.GONE)).isEqualTo(100);
        assertThat(proxy.events.get(InFlightEvent.BUDGET_EXHAUSTED)).isEqualTo(rang - 100);
        network.run(35_000);
        assertThat(proxy.redispatches.get(RedispatchCause.GONE)).isEqualTo(rang);
        assertThat(proxy.clients.values())
                .allSatisfy(client -> assertThat(client.finals.keySet()).doesNotContain("500"));
    }

    /** What began first and rings gives up its body: what is new is protected, and all else as long as memory lasts. */
    @Test
    void shortOfMemoryTheOldestThatRingAreCut() {
        proxy = new SimulatedProxy(
                network,
                new BalancingPolicy.RoundRobin(),
                new Redispatch(Duration.ofMillis(500), Duration.ofSeconds(2), Set.of(503), 1, 1),
                1 << 10,
                new BytePool(8 << 17),
                1,
                2);
        proxy.backends.forEach(backend -> backend.setMood(Mood.RINGS));
        proxy.startClock();
        for (int i = 0; i < 150; i++) {
            SimulatedClient client = proxy.client(i, false);
            client.bodyLength = 7000;
            network.after(10L * i, client::start);
        }
        network.run(1700);
        assertThat(proxy.events).doesNotContainKey(InFlightEvent.UNPROTECTED);
        // 7 slabs of 16 blocks.
        assertThat(proxy.events.get(InFlightEvent.CUT)).isEqualTo(150 - 7 * 16);
        int rang = backend(1).byBranch.size();
        backend(1).die();
        backend(2).setMood(Mood.BUSY_HERE);
        proxy.stands(1, Eligibility.NONE);
        network.run(1900);
        Set<Integer> told = numbers("500");
        assertThat(told).hasSize((150 - 7 * 16) / 2).allMatch(number -> number < 150 - 7 * 16);
        assertThat(numbers("486")).hasSize(rang - told.size());
    }

    private Set<Integer> numbers(String status) {
        return proxy.clients.values().stream()
                .filter(client -> client.finals.containsKey(status))
                .map(client -> client.number)
                .collect(Collectors.toSet());
    }
}
