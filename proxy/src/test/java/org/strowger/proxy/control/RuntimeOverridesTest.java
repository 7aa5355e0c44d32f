package org.strowger.proxy.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.strowger.discovery.Backend;
import org.strowger.health.AdminState;
import org.strowger.sip.Transport;

final class RuntimeOverridesTest {
    private static final Backend A = backend(1, 1);
    private static final Backend B = backend(2, 3);
    private static final Backend C = backend(3, 1);
    private static final PoolMembers.Configured FILE = new PoolMembers.Configured("media", List.of(A, B));

    private final RuntimeOverrides overrides =
            new RuntimeOverrides(Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC));

    private static Backend backend(int host, int weight) {
        return new Backend(Transport.UDP, new InetSocketAddress("10.0.0." + host, 5060), weight, 0, "");
    }

    private Outcome apply(Command command) {
        return overrides.apply(command, FILE, "alice");
    }

    private String text(PoolMembers.Configured file) {
        return String.join(
                "; ",
                overrides.members(file).members().stream()
                        .map(m -> m.id().substring(11, 12) + " " + m.text())
                        .toList());
    }

    @Test
    void withoutOverridesTheFileIsInForce() {
        assertThat(text(FILE)).isEqualTo("1 READY, weight 1; 2 READY, weight 3");
    }

    @Test
    void everyChangeIsSeenAndUndone() {
        assertThat(apply(new Command.Drain("media", A.id(), Optional.empty(), false)))
                .isEqualTo(new Outcome.Done("media", A.id(), "READY, weight 1", "DRAIN, weight 1", true));
        apply(new Command.SetWeight("media", B.id(), OptionalInt.of(7), false));
        apply(new Command.Add("media", C));
        assertThat(text(FILE)).isEqualTo("1 DRAIN, weight 1; 2 READY, weight 7; 3 READY, weight 1, added");
        assertThat(overrides.list())
                .extracting(one -> one.override().text())
                .containsExactly("DRAIN", "weight 7", "added");
        apply(new Command.Undrain("media", A.id()));
        apply(new Command.SetWeight("media", B.id(), OptionalInt.empty(), false));
        apply(new Command.Remove("media", C.id(), false));
        assertThat(text(FILE)).isEqualTo("1 READY, weight 1; 2 READY, weight 3");
        assertThat(overrides.list()).isEmpty();
    }

    @Test
    void whoeverLiftsADrainIsTheCauseOfReady() {
        assertThat(causeOfA()).isEqualTo("file");
        apply(new Command.Drain("media", A.id(), Optional.empty(), false));
        assertThat(causeOfA()).isEqualTo("alice");
        overrides.apply(new Command.Undrain("media", A.id()), FILE, "bob");
        assertThat(causeOfA()).isEqualTo("bob");
        assertThat(overrides.list()).isEmpty();
        overrides.settle(FILE, PoolKind.SIP);
        assertThat(causeOfA()).isEqualTo("file");
    }

    @Test
    void nobodyIsRememberedForAMemberThatIsGone() {
        overrides.apply(new Command.Drain("media", A.id(), Optional.empty(), false), FILE, "alice");
        overrides.apply(new Command.Undrain("media", A.id()), FILE, "bob");
        overrides.apply(new Command.Remove("media", A.id(), false), FILE, "carol");
        overrides.apply(new Command.Add("media", A), FILE, "dave");
        assertThat(causeOfA()).isEqualTo("dave");
    }

    private String causeOfA() {
        return overrides.members(FILE).members().get(0).cause();
    }

    @Test
    void whatIsSoAlreadyIsNoChange() {
        assertThat(apply(new Command.Undrain("media", A.id())))
                .isEqualTo(new Outcome.Done("media", A.id(), "READY, weight 1", "READY, weight 1", false));
        apply(new Command.Remove("media", A.id(), false));
        assertThat(apply(new Command.Remove("media", A.id(), false)))
                .isEqualTo(new Outcome.Done("media", A.id(), "absent", "absent", false));
        apply(new Command.Add("media", A));
        assertThat(((Outcome.Done) apply(new Command.Add("media", A))).isChange())
                .isFalse();
        assertThat(overrides.list()).isEmpty();
    }

    @Test
    void theLastBackendIsLeftUnlessForced() {
        apply(new Command.Drain("media", A.id(), Optional.empty(), false));
        for (Command last : List.of(
                new Command.Drain("media", B.id(), Optional.empty(), false),
                new Command.SetWeight("media", B.id(), OptionalInt.of(0), false),
                new Command.Remove("media", B.id(), false))) {
            assertThat(apply(last)).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
                assertThat(refused.reason()).isEqualTo(Outcome.Reason.CONFLICT);
                assertThat(refused.message()).contains("that takes new calls, or force");
            });
        }
        assertThat(text(FILE)).isEqualTo("1 DRAIN, weight 1; 2 READY, weight 3");
        apply(new Command.Remove("media", B.id(), true));
        assertThat(text(FILE)).isEqualTo("1 DRAIN, weight 1");
    }

    @Test
    void aBackendThatIsNoMemberIsNamedBesideThoseThatAre() {
        assertThat(apply(new Command.Undrain("media", C.id())))
                .isEqualTo(new Outcome.Refused(
                        Outcome.Reason.UNKNOWN,
                        "backend",
                        "udp:10.0.0.3:5060 (expected: one of [udp:10.0.0.1:5060, udp:10.0.0.2:5060])"));
    }

    @Test
    void aDeadlineOfZeroIsMaintenanceAtOnce() {
        apply(new Command.Drain("media", A.id(), Optional.of(Duration.ZERO), false));
        assertThat(overrides.members(FILE).members().get(0).admin()).isEqualTo(AdminState.MAINT);
    }

    @Test
    void overridesLieOverTheNextFileToo() {
        apply(new Command.SetWeight("media", A.id(), OptionalInt.of(9), false));
        apply(new Command.Remove("media", B.id(), false));
        apply(new Command.Add("media", C));
        PoolMembers.Configured next = new PoolMembers.Configured("media", List.of(backend(1, 5), B));
        assertThat(overrides.settle(next, PoolKind.SIP)).isEmpty();
        assertThat(text(next)).isEqualTo("1 READY, weight 9; 3 READY, weight 1, added");
    }

    @Test
    void whatTheFileHasComeToSayIsNoOverrideAnyMore() {
        apply(new Command.Remove("media", B.id(), false));
        apply(new Command.Add("media", C));
        PoolMembers.Configured next = new PoolMembers.Configured("media", List.of(A, C));
        assertThat(overrides.settle(next, PoolKind.SIP)).hasSize(2);
        assertThat(overrides.list()).isEmpty();
        assertThat(text(next)).isEqualTo("1 READY, weight 1; 3 READY, weight 1");
    }

    @Test
    void addingWithoutAWeightKeepsTheOneThatIsKnown() {
        Backend unweighed = backend(2, 1);
        assertThat(apply(new Command.Add("media", unweighed, false)))
                .isEqualTo(new Outcome.Done("media", B.id(), "READY, weight 3", "READY, weight 3", false));
        apply(new Command.Remove("media", B.id(), false));
        apply(new Command.Add("media", unweighed, false));
        assertThat(text(FILE)).isEqualTo("1 READY, weight 1; 2 READY, weight 3");
        apply(new Command.Add("media", backend(3, 4)));
        apply(new Command.Add("media", C, false));
        assertThat(text(FILE)).endsWith("3 READY, weight 4, added");
        assertThat(apply(new Command.Add("media", unweighed)))
                .isEqualTo(new Outcome.Done("media", B.id(), "READY, weight 3", "READY, weight 1", true));
    }

    @Test
    void whatWasAddedEndsWithAPoolThatCannotHaveIt() {
        apply(new Command.Add("media", C));
        PoolMembers.Configured next = new PoolMembers.Configured("media", List.of());
        assertThat(overrides.settle(next, PoolKind.HTTP))
                .containsExactly("media udp:10.0.0.3:5060: added; the pool is http now");
        assertThat(overrides.list()).isEmpty();
    }

    /** 20,000 random commands: a refusal changes nothing, and a repetition is never a change. */
    @Test
    void commandsAreIdempotentAndRefusalsWithoutEffect() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 20_000; i++) {
            Command command = command(random);
            String before = text(FILE);
            Outcome outcome = apply(command);
            String after = text(FILE);
            if (outcome instanceof Outcome.Refused) {
                assertThat(after).as("%s", command).isEqualTo(before);
            } else {
                assertThat(((Outcome.Done) outcome).isChange())
                        .as("%s", command)
                        .isEqualTo(!before.equals(after));
                boolean isGone =
                        command instanceof Command.Remove && command.backend().equals(C.id());
                Outcome again = apply(command);
                assertThat(again instanceof Outcome.Done done ? !done.isChange() : isGone)
                        .as("%s again: %s", command, again)
                        .isTrue();
            }
            boolean takesNew = overrides.members(FILE).takesNewCalls();
            assertThat(takesNew || before.isEmpty() || command.force() || !before.contains("READY"))
                    .as("%s: %s -> %s", command, before, after)
                    .isTrue();
        }
    }

    private static Command command(SplittableRandom random) {
        Backend backend = List.of(A, B, C).get(random.nextInt(3));
        boolean force = random.nextInt(4) == 0;
        return switch (random.nextInt(5)) {
            case 0 -> new Command.Drain("media", backend.id(), Optional.empty(), force);
            case 1 -> new Command.Undrain("media", backend.id());
            case 2 -> new Command.SetWeight("media", backend.id(), OptionalInt.of(1 + random.nextInt(3)), force);
            case 3 -> new Command.Add("media", backend, random.nextBoolean());
            default -> new Command.Remove("media", backend.id(), force);
        };
    }
}
