package org.strowger.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strowger.health.Eligibility;
import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.proxy.forwarding.SimulatedBackend.Mood;

/**
 * Tens of thousands of calls through the real message path, with backends that change their mood every 2 s, clients that
 * cancel, and a network that loses, doubles and reorders: what must hold for all of them.
 */
class RedispatchSimulationTest {
    /** As long as the longest timer, Timer C, and what follows it. */
    private static final long QUIET_MILLIS = 600_000;

    @ParameterizedTest
    @CsvSource({
        "1, 0, 0, round-robin, 1.0",
        "2, 0, 0, call-id, 1.0",
        "3, 0.01, 0.01, round-robin, 1.0",
        "4, 0.01, 0.05, call-id, 0.2",
        "5, 0.3, 0.02, round-robin, 1.0",
        "6, 0.3, 0.1, call-id, 1.0",
        "7, 0, 0.2, round-robin, 0.2"
    })
    void everyCallEndsOnceForClientAndBackends(long seed, double loss, double doubled, String policy, double budget) {
        SimulatedNetwork network = new SimulatedNetwork(seed, loss, doubled);
        SimulatedProxy proxy = new SimulatedProxy(network, BalancingPolicy.of(policy), budget, 1 << 15, 1, 2, 3, 4, 5);
        int calls = 4000;
        drive(network, proxy, calls);
        checkClients(proxy, calls, loss);
        checkBackends(proxy, loss);
        assertThat(proxy.redispatches).as("causes").hasSize(3);
        assertThat(proxy.table.size()).isZero();
        assertThat(proxy.bytes.lent()).isZero();
        assertThat(proxy.began).isEqualTo(proxy.ended).isGreaterThan(calls);
        assertThat(proxy.events.get(InFlightEvent.ADDED)).isEqualTo(proxy.events.get(InFlightEvent.REMOVED));
        assertThat(new HashSet<>(proxy.refused)).isEmpty();
    }

    /** With room for few, requests go without protection, and nothing else breaks. */
    @Test
    void aFullTableCostsProtectionOnly() {
        SimulatedNetwork network = new SimulatedNetwork(9, 0, 0);
        SimulatedProxy proxy = new SimulatedProxy(network, new BalancingPolicy.RoundRobin(), 1, 64, 1, 2, 3);
        // What was given to a second backend is kept as a whole.
        proxy.backends.get(0).setMood(Mood.UNAVAILABLE);
        proxy.startClock();
        for (int i = 0; i < 3000; i++) {
            int number = i;
            network.after(10L * i, () -> proxy.client(number, number % 3 == 0).start());
        }
        network.run(QUIET_MILLIS);
        checkClients(proxy, 3000, 0);
        assertThat(proxy.events.get(InFlightEvent.EVICTED)).isPositive();
        assertThat(proxy.events.get(InFlightEvent.UNPROTECTED)).isPositive();
        assertThat(proxy.table.size()).isZero();
        assertThat(proxy.bytes.lent()).isZero();
    }

    /**
     * Backends are killed, with what they have, every few seconds, and started anew after a while; health knows of each death
     * after 300 ms, and two of five always live. Nobody may wait for a dead one.
     */
    @ParameterizedTest
    @CsvSource({"11, 0, 0", "12, 0, 0.1", "13, 0.01, 0.02", "14, 0.3, 0"})
    void theDeathOfBackendsCostsNoCall(long seed, double loss, double doubled) {
        SimulatedNetwork network = new SimulatedNetwork(seed, loss, doubled);
        SimulatedProxy proxy = new SimulatedProxy(network, new BalancingPolicy.RoundRobin(), 1, 1 << 15, 1, 2, 3, 4, 5);
        int calls = 4000;
        proxy.startClock();
        for (int i = 0; i < 20; i++) {
            int number = 1 + network.random.nextInt(3);
            network.after(1000 + 2000L * i, () -> killAndRestart(network, proxy, number));
        }
        for (int i = 0; i < calls; i++) {
            int number = i;
            network.after(10L * i, () -> {
                SimulatedClient client = proxy.client(number, number % 3 == 0);
                client.start();
                if (network.random.nextInt(10) == 0) {
                    network.after(network.random.nextInt(2500), client::cancel);
                }
            });
        }
        network.run(calls * 10L + QUIET_MILLIS);
        checkClients(proxy, calls, loss);
        checkBackends(proxy, loss);
        assertThat(proxy.redispatches.get(RedispatchCause.GONE)).isGreaterThan(200);
        assertThat(proxy.events).doesNotContainKey(InFlightEvent.TIMED_OUT);
        List<String> notServed = proxy.clients.values().stream()
                .filter(client -> client.finals.keySet().stream().noneMatch(key -> key.startsWith("200")))
                .filter(client -> !client.cancelled)
                .map(client -> client.number + " " + client.finals)
                .toList();
        assertThat(notServed).hasSizeLessThanOrEqualTo(loss < 0.1 ? 0 : calls / 40);
        assertThat(proxy.table.size()).isZero();
        assertThat(proxy.bytes.lent()).isZero();
        assertThat(proxy.began).isEqualTo(proxy.ended);
    }

    private static void killAndRestart(SimulatedNetwork network, SimulatedProxy proxy, int number) {
        SimulatedBackend backend = proxy.backends.get(number - 1);
        if (backend.isDead()) {
            return;
        }
        backend.die();
        network.after(300, () -> proxy.stands(number, Eligibility.NONE));
        network.after(5000, backend::revive);
        network.after(5500, () -> proxy.stands(number, Eligibility.NEW_AND_ESTABLISHED));
    }

    /** One of three backends dies: with ICMP nobody waits, with silence nobody waits for much more than 500 ms. */
    @ParameterizedTest
    @CsvSource({"CLOSED, 100", "SILENT, 580"})
    void aDeathIsHardlyNoticed(Mood death, long worstMillis) {
        SimulatedNetwork network = new SimulatedNetwork(8, 0, 0);
        SimulatedProxy proxy = new SimulatedProxy(network, new BalancingPolicy.RoundRobin(), 0.2, 1 << 15, 1, 2, 4);
        proxy.backends.forEach(backend -> backend.setMood(Mood.BUSY_HERE));
        proxy.startClock();
        for (int i = 0; i < 1000; i++) {
            int number = i;
            network.after(5L * i, () -> proxy.client(number, number % 2 == 0).start());
        }
        // Health takes it out after 200 ms, or it would use up the budget.
        network.after(4000, () -> proxy.backends.get(0).setMood(death));
        network.after(4200, () -> proxy.backends.get(0).setMood(Mood.BUSY_HERE));
        network.run(60_000);
        long worst = proxy.clients.values().stream()
                .mapToLong(client -> client.finalMillis - client.startMillis)
                .max()
                .orElseThrow();
        assertThat(worst).isLessThanOrEqualTo(worstMillis);
        assertThat(proxy.clients.values())
                .allSatisfy(client -> assertThat(client.finals.keySet()).containsExactly("486"));
    }

    /** The backend that was given up is the first to answer after all: its call stands, and is not cancelled by its 180. */
    @Test
    void whoeverWakesUpInTimeKeepsItsCall() {
        SimulatedNetwork network = new SimulatedNetwork(8, 0, 0);
        SimulatedProxy proxy = new SimulatedProxy(network, new BalancingPolicy.RoundRobin(), 1, 1 << 15, 1, 2);
        proxy.backends.forEach(backend -> backend.setMood(Mood.WAKES));
        proxy.startClock();
        for (int i = 0; i < 20; i++) {
            proxy.client(i, true).start();
        }
        network.run(2000);
        assertThat(proxy.redispatches).containsEntry(RedispatchCause.SILENCE, 20);
        assertThat(proxy.backends)
                .flatMap(backend -> backend.byBranch.values())
                .hasSize(40)
                .allMatch(call -> call.finalStatus == 200 && call.cancels == 0);
    }

    private static void drive(SimulatedNetwork network, SimulatedProxy proxy, int calls) {
        proxy.startClock();
        Mood[] moods = Mood.values();
        for (long at = 0; at < calls * 10L; at += 2000) {
            network.after(
                    at,
                    () -> proxy.backends.forEach(backend -> {
                        boolean good = network.random.nextInt(3) == 0;
                        backend.setMood(good ? Mood.ANSWERS : moods[network.random.nextInt(moods.length)]);
                    }));
        }
        network.after(calls * 10L, () -> proxy.backends.forEach(backend -> backend.setMood(Mood.ANSWERS)));
        for (int i = 0; i < calls; i++) {
            int number = i;
            network.after(10L * i, () -> {
                SimulatedClient client = proxy.client(number, number % 3 == 0);
                client.start();
                if (network.random.nextInt(5) == 0) {
                    network.after(network.random.nextInt(2500), client::cancel);
                }
            });
        }
        network.run(calls * 10L + QUIET_MILLIS);
    }

    /** Exactly one final response, but that each 2xx is another call to end; one repeated is the same. */
    private static void checkClients(SimulatedProxy proxy, int calls, double loss) {
        List<String> complaints = new ArrayList<>();
        proxy.clients.values().forEach(client -> complaints.addAll(client.complaints()));
        assertThat(complaints).isEmpty();
        List<Integer> without = proxy.clients.values().stream()
                .filter(client -> client.finals.isEmpty())
                .map(client -> client.number)
                .toList();
        // Seven repetitions over two hops each way: at 30 % loss one in a hundred is not seen (0.51 ^ 7).
        assertThat(without).hasSizeLessThanOrEqualTo(loss < 0.1 ? 0 : calls / 40);
    }

    private static void checkBackends(SimulatedProxy proxy, double loss) {
        for (SimulatedBackend backend : proxy.backends) {
            assertThat(backend.surprises).isEmpty();
            Set<String> callIds = new HashSet<>();
            List<String> twice = backend.byBranch.values().stream()
                    .map(call -> call.invite.header("Call-ID"))
                    .filter(callId -> !callIds.add(callId))
                    .toList();
            assertThat(twice).as("calls that reached one backend twice").isEmpty();
            List<String> open = backend.byBranch.values().stream()
                    .filter(call -> call.isPending() || (!call.acknowledged && loss == 0))
                    .map(call -> call.invite.header("Call-ID") + " " + call.finalStatus + " " + call.last)
                    .collect(Collectors.toList());
            // With every provisional of 3 minutes lost (0.3 ^ 4 of the attempts given up), nobody can know that it
            // rings.
            assertThat(open).as("calls left ringing or not acknowledged").hasSizeLessThanOrEqualTo(loss < 0.1 ? 0 : 5);
        }
    }
}
