package org.strowger.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.strowger.health.passive.EjectionState;
import org.strowger.health.passive.LiveSignals;

/**
 * The faults that a backend may have, under 200 calls a second over three backends with the default settings: how long until
 * it gets no new calls, and what becomes of the others. A call without answer is known after 500 ms; times are in ms.
 */
class FaultSimulationTest {
    private static final int FAULT_AT = 5_000;

    /** What comes back of a request. */
    private enum Answer {
        SERVED,
        ERROR,
        NOTHING,
        ICMP
    }

    /** What the faulty backend does at a time, counted from the fault. */
    private interface Fault {
        Answer probe(int millis);

        Answer invite(int millis, int number);
    }

    @Test
    void aSilentBackendIsOutWithinASecond() {
        Simulation simulation = new Simulation(1, fault(Answer.NOTHING, Answer.NOTHING));
        simulation.run(30_000);
        // The first requests without answer are known after 500 ms, and three in a row, 15 ms apart, are enough.
        assertThat(simulation.outAfter()).isBetween(500, 1_000);
        assertThat(simulation.callsLost).isLessThan(60);
        simulation.othersStayIn();
    }

    @Test
    void aKilledBackendIsOutAfterOneCall() {
        Simulation simulation = new Simulation(2, fault(Answer.ICMP, Answer.ICMP));
        simulation.run(30_000);
        assertThat(simulation.outAfter()).isLessThan(50);
        assertThat(simulation.callsLost).isLessThanOrEqualTo(2);
        simulation.othersStayIn();
    }

    @Test
    void everySecondInvite503IsEjectedAndStaysOut() {
        Simulation simulation = new Simulation(
                3, fault(Answer.SERVED, (millis, number) -> number % 2 == 0 ? Answer.ERROR : Answer.SERVED));
        simulation.run(120_000);
        // A window that is full of good calls from before takes 20 % of its length to turn.
        assertThat(simulation.outAfter()).isLessThan(5_000);
        assertThat(simulation.shareOfFaulty()).isLessThan(0.05);
        simulation.othersStayIn();
    }

    @Test
    void optionsWithoutInviteIsEjectedAndStaysOut() {
        Simulation simulation = new Simulation(4, fault(Answer.SERVED, Answer.NOTHING));
        simulation.run(120_000);
        assertThat(simulation.outAfter()).isBetween(500, 1_000);
        assertThat(simulation.timesBack()).isZero();
        simulation.othersStayIn();
    }

    @Test
    void aBackendThatFlapsEverySecondReturnsOnce() {
        Simulation simulation = new Simulation(5, new Fault() {
            @Override
            public Answer probe(int millis) {
                return millis / 1_000 % 2 == 0 ? Answer.ICMP : Answer.SERVED;
            }

            @Override
            public Answer invite(int millis, int number) {
                return probe(millis);
            }
        });
        simulation.run(120_000);
        assertThat(simulation.outAfter()).isLessThan(50);
        // The first return is quick; then it must stay well for a window, which it never does.
        assertThat(simulation.timesBack()).isEqualTo(1);
        simulation.othersStayIn();
    }

    @Test
    void loseThirtyPercentToOneAndKeepTheOthers() {
        SplittableRandom loss = new SplittableRandom(6);
        // The probe retransmits once inside its window.
        Simulation simulation = new Simulation(6, new Fault() {
            @Override
            public Answer probe(int millis) {
                boolean first = lost();
                boolean retransmission = lost();
                return first && retransmission ? Answer.NOTHING : Answer.SERVED;
            }

            @Override
            public Answer invite(int millis, int number) {
                return lost() ? Answer.NOTHING : Answer.SERVED;
            }

            private boolean lost() {
                return loss.nextInt(100) < 30;
            }
        });
        simulation.run(120_000);
        assertThat(simulation.shareOfFaulty()).isLessThan(0.2);
        simulation.othersStayIn();
    }

    private static Fault fault(Answer probe, Answer invite) {
        return fault(probe, (millis, number) -> invite);
    }

    /** How an INVITE is answered. */
    private interface Invite {
        Answer answer(int millis, int number);
    }

    private static Fault fault(Answer probe, Invite invite) {
        return new Fault() {
            @Override
            public Answer probe(int millis) {
                return probe;
            }

            @Override
            public Answer invite(int millis, int number) {
                return invite.answer(millis, number);
            }
        };
    }

    /** Something that happens at a time. */
    private record Event(int atMillis, long order, Runnable what) {}

    /** Three backends, of which the first has the fault. */
    private static final class Simulation {
        private final PriorityQueue<Event> events =
                new PriorityQueue<>(Comparator.comparingInt(Event::atMillis).thenComparingLong(Event::order));
        private final List<BackendHealth> backends = new ArrayList<>();
        private final List<Integer> outs = new ArrayList<>();
        private final List<Integer> backs = new ArrayList<>();
        private final long seed;
        private final SplittableRandom random;
        private final Fault fault;
        private final PoolHealth pool;
        private long orders;
        private int now;
        private int turn;
        private int invites;
        private int calls;
        private int callsToFaulty;
        private int callsLost;
        private int lastTrial = -1_000;
        private boolean isIn = true;

        Simulation(long seed, Fault fault) {
            this.seed = seed;
            this.random = new SplittableRandom(seed);
            this.fault = fault;
            this.pool =
                    new PoolHealth("p", HealthSettings.standard(), MinAvailable.count(1), () -> Instant.EPOCH, t -> {});
            for (int i = 0; i < 3; i++) {
                BackendHealth backend = pool.join("b" + i, 0);
                backends.add(backend);
                at(random.nextInt(250), () -> probe(backend, false));
            }
            pool.refresh();
        }

        void run(int millis) {
            at(0, this::call);
            while (!events.isEmpty() && events.peek().atMillis() < millis) {
                Event event = events.remove();
                now = event.atMillis();
                pool.onTick(nanos());
                event.what().run();
                settle();
            }
        }

        private void settle() {
            pool.refresh();
            boolean in = pool.eligibility("b0") == Eligibility.NEW_AND_ESTABLISHED;
            if (in != isIn) {
                (in ? backs : outs).add(now);
                isIn = in;
            }
        }

        private void call() {
            at(1 + random.nextInt(9), this::call);
            calls++;
            BackendHealth backend = pick();
            boolean faulty = backend == backends.get(0);
            Answer answer = faulty && now >= FAULT_AT ? fault.invite(now - FAULT_AT, invites++) : Answer.SERVED;
            callsToFaulty += faulty && now >= FAULT_AT ? 1 : 0;
            callsLost += answer == Answer.SERVED ? 0 : 1;
            at(answer == Answer.NOTHING ? 500 : 5, () -> outcome(backend, answer));
        }

        /** In turn; a trial every half second, as the pickers do it. */
        private BackendHealth pick() {
            if (pool.eligibility("b0") == Eligibility.TRIAL && now - lastTrial >= 500) {
                lastTrial = now;
                return backends.get(0);
            }
            do {
                turn = (turn + 1) % backends.size();
            } while (pool.eligibility("b" + turn) != Eligibility.NEW_AND_ESTABLISHED);
            return backends.get(turn);
        }

        private void outcome(BackendHealth backend, Answer answer) {
            backend.onLive(
                    switch (answer) {
                        case SERVED -> LiveSignals.answered(1);
                        case ERROR -> LiveSignals.listedErrors(1);
                        case NOTHING -> LiveSignals.noResponse(1);
                        case ICMP -> LiveSignals.unreachable(1);
                    },
                    nanos());
            if (backend.wantsProbeNow()) {
                probe(backend, true);
            }
        }

        private void probe(BackendHealth backend, boolean isExtra) {
            boolean broken = backend == backends.get(0) && now >= FAULT_AT;
            Answer answer = broken ? fault.probe(now - FAULT_AT) : Answer.SERVED;
            int took = answer == Answer.NOTHING ? 200 : 2;
            at(took, () -> {
                backend.onProbe(
                        answer == Answer.SERVED
                                ? new ProbeResult(ProbeVerdict.PASSED, 2_000_000, "OPTIONS: 200 in 2 ms")
                                : new ProbeResult(ProbeVerdict.FAILED, ProbeResult.NO_ANSWER, "OPTIONS: " + answer),
                        nanos());
                if (!isExtra) {
                    int interval = switch (backend.pace()) {
                        case NORMAL -> 250;
                        case FIRST, FAST -> 125;
                        case DOWN -> 500;
                    };
                    at(Math.max(0, interval - took), () -> probe(backend, false));
                }
            });
        }

        private void at(int inMillis, Runnable what) {
            events.add(new Event(now + inMillis, orders++, what));
        }

        private long nanos() {
            return now * 1_000_000L;
        }

        int outAfter() {
            assertThat(outs).isNotEmpty();
            return outs.get(0) - FAULT_AT;
        }

        int timesBack() {
            return backs.size();
        }

        double shareOfFaulty() {
            return (double) callsToFaulty / calls;
        }

        void othersStayIn() {
            System.out.printf(
                    "seed %d: out after %d ms, back %d times, %d of %d calls not served at first, share %.3f%n",
                    seed, outAfter(), timesBack(), callsLost, calls, shareOfFaulty());
            for (BackendHealth other : backends.subList(1, 3)) {
                assertThat(other.ejection()).isEqualTo(EjectionState.IN);
                assertThat(other.log().transitions()).hasSize(1);
            }
            assertThat(pool.log().transitions()).isEmpty();
        }
    }
}
