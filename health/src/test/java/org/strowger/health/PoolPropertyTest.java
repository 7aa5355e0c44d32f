package org.strowger.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.strowger.health.passive.EjectionState;
import org.strowger.health.passive.LiveSignals;
import org.strowger.health.passive.PassiveSettings;

/**
 * Random sequences of probes, outcomes, orders and time through pools of one to five backends; after each step the promises of
 * the state machines are held against what was fed in, not against their own words.
 */
class PoolPropertyTest {
    private static final int SEQUENCES = 100_000;
    private static final int STEPS = 30;
    private static final long SEED = 20_261_123;
    private static final long MILLI = 1_000_000;

    @Test
    void aHundredThousandSequencesKeepEveryPromise() {
        SplittableRandom seeds = new SplittableRandom(SEED);
        long[] seen = new long[5];
        for (int i = 0; i < SEQUENCES; i++) {
            long seed = seeds.nextLong();
            Sequence sequence = new Sequence(seed, false);
            try {
                sequence.run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ":\n" + storyOf(seed), e);
            }
            for (int k = 0; k < seen.length; k++) {
                seen[k] += sequence.seen[k];
            }
        }
        // The sequences are worth something only if all this happened many times.
        assertThat(Arrays.stream(seen).boxed())
                .as("downs, returns, ejections, trials won, panics")
                .allMatch(count -> count > 5_000);
    }

    /** The same again, told: words cost more time than the sequence. */
    private static String storyOf(long seed) {
        Sequence sequence = new Sequence(seed, true);
        try {
            sequence.run();
        } catch (AssertionError | RuntimeException e) {
            sequence.story.add("  " + e.getMessage());
        }
        return String.join("\n", sequence.story);
    }

    private static void holds(boolean condition, String promise) {
        if (!condition) {
            throw new AssertionError(promise);
        }
    }

    /** One sequence. */
    private static final class Sequence {
        private final SplittableRandom random;
        private final List<String> story = new ArrayList<>();
        private final List<Member> members = new ArrayList<>();
        private final long[] seen = new long[5];
        private final boolean told;
        private final HealthSettings settings;
        private final PoolHealth pool;
        private String poolState = "normal";
        private long now;
        private Member current;

        Sequence(long seed, boolean told) {
            this.told = told;
            random = new SplittableRandom(seed);
            now = random.nextLong();
            settings = settings();
            MinAvailable min = random.nextInt(3) > 0
                    ? MinAvailable.count(1)
                    : new MinAvailable(1 + random.nextInt(4), random.nextDouble());
            pool = new PoolHealth("pool", settings, min, () -> Instant.EPOCH, this::onTransition);
            int count = 1 + random.nextInt(5);
            for (int i = 0; i < count; i++) {
                String id = "b" + i;
                members.add(new Member(id, pool.join(id, now)));
            }
            current = members.get(0);
        }

        private HealthSettings settings() {
            PassiveSettings passive = new PassiveSettings(
                    random.nextInt(6) == 0 ? 0 : 2 + random.nextInt(3),
                    0.1 + 0.9 * random.nextDouble(),
                    2 + random.nextInt(5),
                    Duration.ofMillis(1000 + random.nextInt(10_000)),
                    Duration.ofMillis(500 + random.nextInt(5_000)),
                    Duration.ofMillis(6000 + random.nextInt(60_000)),
                    random.nextInt(8) == 0 ? 0 : random.nextDouble(),
                    1 + random.nextInt(3));
            return random.nextInt(6) == 0
                    ? HealthSettings.unprobed(passive)
                    : new HealthSettings(1 + random.nextInt(3), 1 + random.nextInt(4), passive);
        }

        void run() {
            pool.refresh();
            Runnable[] actions = {
                this::probe,
                this::probe,
                this::probe,
                this::live,
                this::live,
                this::live,
                this::live,
                this::time,
                this::time,
                this::admin,
                this::weight
            };
            for (int i = 0; i < STEPS; i++) {
                // Mostly the same member several times, so that rows come about.
                if (random.nextInt(4) == 0) {
                    current = members.get(random.nextInt(members.size()));
                }
                now += random.nextInt(300) * MILLI;
                actions[random.nextInt(actions.length)].run();
                pool.refresh();
                check();
            }
        }

        private void probe() {
            int kind = random.nextInt(6);
            long rtt = 5 * MILLI;
            ProbeResult result = kind < 3
                    ? new ProbeResult(ProbeVerdict.PASSED, rtt, "200")
                    : kind < 5
                            ? new ProbeResult(ProbeVerdict.FAILED, kind == 3 ? rtt : ProbeResult.NO_ANSWER, "none")
                            : new ProbeResult(ProbeVerdict.MAINTENANCE, rtt, "503");
            tell(() -> "probe " + result.verdict() + (result.isAnswered() ? " answered" : ""));
            current.heard(result.isAnswered(), now);
            boolean unknown = settings.isProbed() && current.health.health() == HealthState.UNKNOWN;
            current.doubted = result.verdict() == ProbeVerdict.FAILED;
            current.health.onProbe(result, now);
            if (unknown) {
                holds(result.isAnswered() || current.health.health() == HealthState.DOWN, "the first silence decides");
                holds(
                        result.verdict() == ProbeVerdict.FAILED || current.health.health() == HealthState.UP,
                        "the first good probe decides");
            }
        }

        private void live() {
            long many = 1L + random.nextInt(4);
            LiveSignals signals = switch (random.nextInt(8)) {
                case 0, 1 -> LiveSignals.answered(many);
                case 2 -> LiveSignals.listedErrors(many);
                case 3 -> LiveSignals.noResponse(many);
                case 4 -> LiveSignals.unreachable(many);
                case 5 -> random.nextBoolean() ? LiveSignals.connectFailed(many) : LiveSignals.reset(many);
                case 6 -> LiveSignals.busy(many, random.nextInt(5));
                default -> new LiveSignals(many, many % 2, many % 3, many % 4 / 3, 0, many / 4, 0, 0, many % 5);
            };
            tell(() -> "live " + signals);
            current.heard(signals.signsOfLife() > 0, now);
            current.lastLive = signals;
            current.doubted |= signals.refused() + signals.reset() > 0;
            current.health.onLive(signals, now);
            current.lastLive = LiveSignals.NONE;
        }

        private void time() {
            now += random.nextInt(8_000) * MILLI;
            tell(() -> "tick");
            pool.onTick(now);
            for (Member member : members) {
                boolean lingers = member.health.eligibility() == Eligibility.LINGERING;
                holds(!lingers || now - member.heardAt < Lingering.PATIENCE.toNanos(), "who was heard of lingers");
            }
        }

        private void admin() {
            AdminState state = AdminState.values()[random.nextInt(3)];
            tell(() -> "admin " + state);
            current.health.onAdmin(random.nextInt(3) == 0 ? state : AdminState.READY, "somebody", now);
        }

        private void weight() {
            current.weight = random.nextInt(5) == 0 ? 0 : 1;
            tell(() -> "weight " + current.weight);
            current.health.onWeight(current.weight);
        }

        private void tell(Supplier<String> what) {
            if (told) {
                story.add(now / MILLI % 1_000_000 + " " + current.health.id() + " " + what.get());
            }
        }

        private void onTransition(Transition transition) {
            if (told) {
                story.add("    " + transition.backend() + " " + transition.sentence());
            }
            int arrow = transition.what().indexOf(" -> ");
            String before = transition.what().substring(0, arrow);
            String after = transition.what().substring(arrow + 4);
            if (transition.backend().equals("pool")) {
                holds(before.equals(poolState), "state and log");
                poolState = after;
                seen[4] += poolState.equals("panic") ? 1 : 0;
                return;
            }
            Member member = members.get(Integer.parseInt(transition.backend().substring(1)));
            member.onTransition(before, after);
        }

        private void check() {
            boolean somebodyAnswers = false;
            boolean anyone = false;
            boolean isUsed = false;
            boolean isTried = false;
            for (Member member : members) {
                BackendHealth health = member.health;
                Eligibility eligibility = pool.eligibility(health.id());
                boolean ordered = health.admin() == AdminState.READY && member.weight > 0;
                boolean answers = health.health() != HealthState.DOWN || member.lastWasAnswered;
                somebodyAnswers |= ordered && answers;
                anyone |= ordered;
                isUsed |= eligibility == Eligibility.NEW_AND_ESTABLISHED && member.weight > 0;
                isTried |= eligibility == Eligibility.TRIAL && member.weight > 0;
                if (health.admin() == AdminState.MAINT) {
                    holds(eligibility == Eligibility.NONE, "MAINT gets nothing");
                } else if (health.admin() == AdminState.DRAIN) {
                    holds(eligibility.compareTo(Eligibility.ESTABLISHED_ONLY) >= 0, "DRAIN gets nothing new");
                }
                if (!pool.isPanic()) {
                    holds(eligibility == health.eligibility(), "without panic each stands for itself");
                }
                member.logAgrees();
            }
            holds(pool.isPanic() == poolState.equals("panic"), "state and log");
            holds(isUsed || !somebodyAnswers, "somebody answers and is used");
            holds(isUsed || isTried || !anyone, "somebody is tried");
        }

        /** What the test knows of a member, by its log and by what it fed in. */
        private final class Member {
            private final BackendHealth health;
            private String healthState = "unknown";
            private String ejectionState = "in";
            private String serving = "serving";
            private String admin = "ready";
            private int weight = 1;
            private boolean lastWasAnswered = true;
            /** Whether anything bad was seen since the last good probe. */
            private boolean doubted;

            private long heardAt = now;
            private LiveSignals lastLive = LiveSignals.NONE;
            private long returnedAt;
            private boolean returned;
            private long ejectedAt;
            private boolean ejected;

            Member(String id, BackendHealth health) {
                this.health = health;
                holds(health.id().equals(id), "state and log");
            }

            void heard(boolean isAnswer, long at) {
                lastWasAnswered = isAnswer;
                heardAt = isAnswer ? at : heardAt;
            }

            void onTransition(String before, String after) {
                switch (before) {
                    case "unknown", "up", "down" -> {
                        holds(before.equals(healthState), "state and log");
                        healthState = after;
                        onHealth(before, after);
                    }
                    case "in", "busy", "ejected", "trial" -> {
                        holds(before.equals(ejectionState), "state and log");
                        ejectionState = after;
                        onEjection(before, after);
                    }
                    case "serving", "maintenance" -> {
                        holds(before.equals(serving), "state and log");
                        serving = after;
                    }
                    default -> {
                        holds(before.equals(admin), "state and log");
                        admin = after;
                    }
                }
            }

            private void onHealth(String before, String after) {
                seen[0] += after.equals("down") ? 1 : 0;
                holds(!after.equals("down") || doubted, "who is taken for dead was seen failing");
                holds(!after.equals("unknown"), "what is known stays known");
                if (before.equals("down")) {
                    seen[1]++;
                    long window = settings.passive().window().toNanos();
                    holds(!returned || now - returnedAt >= window, "returns once in a window");
                    returned = true;
                    returnedAt = now;
                }
            }

            private void onEjection(String before, String after) {
                long shortest = settings.passive().eject().toNanos();
                if (before.equals("ejected")) {
                    // The end of an ejection is a trial, nothing else.
                    holds(after.equals("trial"), "an ejection ends in a trial");
                } else if (before.equals("trial") && after.equals("in")) {
                    seen[3]++;
                    holds(lastLive.answered() > 0 && lastLive.failed() == 0, "returns by live success");
                } else if (after.equals("ejected") && !before.equals("trial")) {
                    seen[2]++;
                    holds(!ejected || now - ejectedAt >= shortest, "ejected again too soon");
                    ejected = true;
                    ejectedAt = now;
                    long out = members.stream()
                            .filter(member ->
                                    member.ejectionState.equals("ejected") || member.ejectionState.equals("trial"))
                            .count();
                    holds(out <= settings.passive().ejectable(members.size()), "max-ejected");
                    holds(members.stream().anyMatch(member -> member != this && member.takesNew()), "one stays");
                }
            }

            private boolean takesNew() {
                return weight > 0
                        && admin.equals("ready")
                        && serving.equals("serving")
                        && ejectionState.equals("in")
                        && !healthState.equals("down");
            }

            void logAgrees() {
                holds(healthState.equalsIgnoreCase(health.health().name()), "state and log");
                holds(ejectionState.equalsIgnoreCase(health.ejection().name()), "state and log");
                holds(serving.equals(health.isInMaintenance() ? "maintenance" : "serving"), "state and log");
                holds(admin.equalsIgnoreCase(health.admin().name()), "state and log");
                EjectionState state = health.ejection();
                boolean timed = state == EjectionState.BUSY || state == EjectionState.EJECTED;
                boolean lingers = health.eligibility() == Eligibility.LINGERING;
                holds(!lingers || health.health() == HealthState.DOWN, "who lingers is down");
                if (health.admin() != AdminState.MAINT) {
                    holds(health.nextDeadlineNanos().isPresent() == (timed || lingers), "deadline");
                }
            }
        }
    }
}
