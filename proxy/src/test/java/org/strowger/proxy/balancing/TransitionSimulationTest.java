package org.strowger.proxy.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.strowger.health.Eligibility;

/**
 * Calls in flight while members come, go, drain, fail and change their weight. Every message asks as the router does:
 * affinity first, then the picker.
 */
class TransitionSimulationTest {
    /** When an INVITE is sent again, RFC 3261 section 17.1.1.2. */
    private static final List<Eligibility> ELIGIBILITIES =
            List.of(Eligibility.NEW_AND_ESTABLISHED, Eligibility.ESTABLISHED_ONLY, Eligibility.NONE);

    private static final int[] RETRANSMISSIONS_MILLIS = {500, 1_500, 3_500, 7_500, 15_500, 31_500};

    private static final int CHANGES_MILLIS = 20 * 60_000;

    private final MockTicker ticker = Ticker.newMockTicker();
    private final Affinity affinity = new Affinity(1_000_000, Affinity.DEFAULT_EXPIRY, ticker);
    private PickerFactory factory = new TransitionPicker.Factory(BoundedLoad.OFF, ticker);
    private final SplittableRandom random = new SplittableRandom(20261124);
    private final List<Backend> backends = new ArrayList<>();
    private List<Backend> listed = List.of();
    private Picker picker = factory.build(List.of());
    private int checked;
    private int movedByDrain;

    private enum Kind {
        INVITE,
        AGAIN,
        END,
        CHANGE
    }

    private record Event(long atMillis, Kind kind, Call call) {}

    /** A backend of the simulation; {@code departures} tells a backend that came back from the one that left. */
    private static final class Backend {
        private final int number;
        private int weight = 1;
        private int priority;
        private boolean present;
        private Eligibility eligibility = Eligibility.NEW_AND_ESTABLISHED;
        private int departures;
        private long upSinceNanos = Member.LONG_UP;

        private Backend(int number) {
            this.number = number;
        }

        private Member member() {
            Member zoned = Pools.inZone(number, weight, priority, number % 2 == 0 ? "a" : "b");
            return new Member(zoned.backend(), eligibility, Limits.NONE, upSinceNanos);
        }
    }

    private static final class Call {
        private final long key;
        private int backend = -1;
        private int departures;

        private Call(long key) {
            this.key = key;
        }
    }

    /** 20 of 30 backends at first, a change every 10 s on average: most changes meet a transition under way. */
    @Test
    void everyRepetitionMeetsItsInvitesBackend() {
        population(20, 30);
        run(50_000, 10_000);
        assertThat(checked).isGreaterThan(150_000);
        // The exception is one: else this would prove little.
        assertThat(movedByDrain).isPositive().isLessThan(checked / 50);
        afterwardsAllIsAsIfNothingHadHappened();
    }

    /** Tiers and zones that spill over, and slow starts, move shares besides. */
    @Test
    void everyRepetitionMeetsItsInvitesBackendWithZonesAndSlowStart() {
        BalancingSettings settings = new BalancingSettings(
                BoundedLoad.OFF,
                new Preference("a", 0.9),
                Duration.ofSeconds(60),
                Duration.ofSeconds(5),
                Duration.ofMillis(500));
        Measurements measurements = new Measurements(new BackendLoads(), CallRegister.NONE, ticker, 1);
        factory = new BalancingPolicy.CallId().pickers(settings, measurements);
        population(20, 30);
        run(50_000, 10_000);
        assertThat(checked).isGreaterThan(150_000);
        assertThat(movedByDrain).isLessThan(checked / 50);
    }

    /** 652 to 658 members: the table changes its size, and with it nearly all owners, there and back. */
    @Test
    void everyRepetitionMeetsItsInvitesBackendWhenTheTableGrows() {
        population(652, 658);
        run(20_000, 60_000);
        assertThat(checked).isGreaterThan(60_000);
        afterwardsAllIsAsIfNothingHadHappened();
    }

    /**
     * Calls that begin in the 32 s go by the old shares, those after by the new ones: 30,000 keys over 10 members, of
     * which the tenth is new, give each 3,000 with a standard deviation of 52; five of those.
     */
    @Test
    void sharesAreThoseOfAFreshTableAfter32Seconds() {
        factory.build(Pools.equal(9));
        Picker changed = factory.build(Pools.equal(10));
        assertThat(Pools.picks(changed, 10, 30_000, 3)[9]).isZero();
        ticker.advance(32, TimeUnit.SECONDS);
        int[] counts = Pools.picks(changed, 10, 30_000, 3);
        for (int count : counts) {
            assertThat(count).isBetween(2_740, 3_260);
        }
    }

    private void population(int present, int all) {
        for (int i = 0; i < all; i++) {
            Backend backend = new Backend(i);
            backend.present = i < present;
            backends.add(backend);
        }
        rebuild();
    }

    private void run(int calls, int meanMillis) {
        PriorityQueue<Event> events = new PriorityQueue<>(Comparator.comparingLong(Event::atMillis));
        for (int i = 0; i < calls; i++) {
            schedule(events, new Call(random.nextLong()));
        }
        // One long rest, so that a transition ends in between.
        for (long at = 0; at < CHANGES_MILLIS; at += 1 + random.nextInt(2 * meanMillis)) {
            if (at < CHANGES_MILLIS * 0.4 || at > CHANGES_MILLIS * 0.75) {
                events.add(new Event(at, Kind.CHANGE, new Call(0)));
            }
        }
        long now = 0;
        while (!events.isEmpty()) {
            Event event = events.remove();
            ticker.advance(event.atMillis - now, TimeUnit.MILLISECONDS);
            now = event.atMillis;
            happen(event);
        }
    }

    private void schedule(PriorityQueue<Event> events, Call call) {
        long begin = random.nextInt(CHANGES_MILLIS);
        events.add(new Event(begin, Kind.INVITE, call));
        int again = random.nextInt(RETRANSMISSIONS_MILLIS.length + 1);
        for (int i = 0; i < again; i++) {
            events.add(new Event(begin + RETRANSMISSIONS_MILLIS[i], Kind.AGAIN, call));
        }
        int after = again == 0 ? 0 : RETRANSMISSIONS_MILLIS[again - 1];
        events.add(new Event(begin + after + random.nextInt(180_000 - after), Kind.END, call));
    }

    private void happen(Event event) {
        Call call = event.call;
        switch (event.kind) {
            case CHANGE -> change();
            case INVITE -> placed(call, route(call.key, false));
            case AGAIN -> {
                int met = route(call.key, false);
                if (isThere(call) && !backends.get(call.backend).member().takesNewCalls()) {
                    movedByDrain += met == call.backend ? 0 : 1;
                } else {
                    check(call, met);
                }
                placed(call, met);
            }
            case END -> check(call, route(call.key, true));
        }
    }

    private void placed(Call call, int backend) {
        call.backend = backend;
        call.departures = backend < 0 ? 0 : backends.get(backend).departures;
    }

    private boolean isThere(Call call) {
        if (call.backend < 0) {
            return false;
        }
        Backend backend = backends.get(call.backend);
        return backend.present && backend.departures == call.departures;
    }

    private void check(Call call, int met) {
        if (isThere(call)) {
            assertThat(met).isEqualTo(call.backend);
            checked++;
        }
    }

    /** What the router does: the number of a backend, or -1. The key of the call stands for its Call-ID too. */
    private int route(long key, boolean follows) {
        long kept = affinity.get(key);
        if (kept != 0 && backends.get((int) kept - 1).present) {
            return (int) kept - 1;
        }
        int choice = follows ? picker.repeat(key) : picker.pick(key);
        if (choice == Picker.NONE) {
            return -1;
        }
        int backend = listed.get(Picker.index(choice)).number;
        if (!follows && (kept != 0 || Picker.mustRemember(choice))) {
            affinity.put(key, backend + 1);
        }
        return backend;
    }

    private void change() {
        Backend backend = backends.get(random.nextInt(backends.size()));
        switch (random.nextInt(5)) {
            case 0, 1 -> {
                backend.departures += backend.present ? 1 : 0;
                backend.present = !backend.present;
                backend.upSinceNanos = ticker.nanoTime();
                backend.eligibility = Eligibility.NEW_AND_ESTABLISHED;
            }
            case 2 -> backend.weight = 1 + random.nextInt(4);
            case 3 -> backend.priority = random.nextInt(8) == 0 ? 1 : 0;
            default -> backend.eligibility = ELIGIBILITIES.get(random.nextInt(ELIGIBILITIES.size()));
        }
        rebuild();
    }

    private void rebuild() {
        listed = backends.stream().filter(backend -> backend.present).toList();
        picker = factory.build(listed.stream().map(Backend::member).toList());
    }

    private void afterwardsAllIsAsIfNothingHadHappened() {
        ticker.advance(Duration.ofMinutes(6).toMillis(), TimeUnit.MILLISECONDS);
        Picker fresh = new MaglevPicker.Factory(BoundedLoad.OFF, ticker)
                .build(listed.stream().map(Backend::member).toList());
        for (int i = 0; i < 10_000; i++) {
            long key = random.nextLong();
            assertThat(picker.pick(key)).isEqualTo(fresh.pick(key));
            assertThat(picker.repeat(key)).isEqualTo(fresh.repeat(key));
        }
    }
}
