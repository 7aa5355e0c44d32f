package org.strowger.health;

import java.time.InstantSource;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.strowger.health.passive.EjectionState;
import org.strowger.health.passive.OutlierDetector;
import org.strowger.threading.RunsOn;

/**
 * The members of one pool together: whom it can spare, and who is kept when too few are left.
 *
 * <p><b>Ejection.</b> A member that stands out is ejected when at most {@code max-ejected} are, another one takes new calls,
 * and those that do fail less often by {@code error-rate}: if all fail alike, the fault is elsewhere.
 *
 * <p><b>Panic.</b> When fewer than {@code min-available} members take new calls, the least bad ones do too, a whole class at
 * a time so that the load spreads: first those in trial, then busy ones, ejected ones, those that drain by their own word,
 * and those that are down but answer something. If still nobody is left, because all that remain are down and silent, these
 * are {@link Eligibility#TRIAL}: most calls are refused at once rather than after a timeout, and a few notice when the probes
 * are wrong. Panic never touches a member that people drain or that has weight 0: those are orders.
 *
 * <p>Usage: call a member's {@code on...} methods, then {@link #refresh}; it says whether the snapshot is out of date.
 */
@RunsOn(RunsOn.Runner.CONTROL)
public final class PoolHealth {
    /** As many members are named as evidence: a transition is a line of the log, and kept. */
    private static final int SHOWN = 10;

    /** How good a member is for new calls, the best first. */
    private enum Rank {
        GOOD,
        TRIAL,
        BUSY,
        EJECTED,
        MAINTENANCE,
        DOWN,
        SILENT
    }

    private final String name;
    private final InstantSource clock;
    private final Consumer<Transition> listener;
    private final TransitionLog log;
    private final Map<String, BackendHealth> members = new LinkedHashMap<>();
    private Map<String, Eligibility> eligibility = Map.of();
    private Set<String> gone = Set.of();
    private HealthSettings settings;
    private MinAvailable minAvailable;
    private Map<String, Rank> kept = Map.of();

    /**
     * A pool without members.
     *
     * @param clock dates the transitions
     * @param listener is called with each transition of the pool and of its members
     */
    public PoolHealth(
            String name,
            HealthSettings settings,
            MinAvailable minAvailable,
            InstantSource clock,
            Consumer<Transition> listener) {
        this.name = name;
        this.settings = settings;
        this.minAvailable = minAvailable;
        this.clock = clock;
        this.listener = listener;
        this.log = new TransitionLog(name, clock, listener);
    }

    public String name() {
        return name;
    }

    /** The transitions of the pool, between normal and panic; each member has its own. */
    public TransitionLog log() {
        return log;
    }

    /** The backend as a member of this pool: known, or new with nothing known of it. */
    public BackendHealth join(String backendId, long nowNanos) {
        return members.computeIfAbsent(
                backendId,
                id -> new BackendHealth(id, settings, new TransitionLog(id, clock, listener), this::refusal, nowNanos));
    }

    /** Forgets the backend. */
    public void leave(String backendId) {
        members.remove(backendId);
    }

    public Optional<BackendHealth> member(String backendId) {
        return Optional.ofNullable(members.get(backendId));
    }

    /** All members in the order they came. */
    public Collection<BackendHealth> members() {
        return Collections.unmodifiableCollection(members.values());
    }

    /** Other settings from now on, for all members. A {@link #refresh} follows. */
    public void onSettings(HealthSettings other, MinAvailable newMinAvailable, long nowNanos) {
        settings = other;
        minAvailable = newMinAvailable;
        members.values().forEach(member -> member.onSettings(other, nowNanos));
    }

    /** Time passed: for all members, and refreshed. True when the snapshot is out of date. */
    public boolean onTick(long nowNanos) {
        members.values().forEach(member -> member.onTick(nowNanos));
        return refresh();
    }

    /** The first deadline of a member. */
    public OptionalLong nextDeadlineNanos() {
        OptionalLong first = OptionalLong.empty();
        for (BackendHealth member : members.values()) {
            OptionalLong next = member.nextDeadlineNanos();
            if (next.isPresent() && (first.isEmpty() || next.getAsLong() - first.getAsLong() < 0)) {
                first = next;
            }
        }
        return first;
    }

    /** Looks at all members together. True when the eligibility of one changed, or one came or went, or is gone. */
    public boolean refresh() {
        Map<String, Eligibility> now = new LinkedHashMap<>();
        Set<String> goneNow = members.values().stream()
                .filter(PoolHealth::isGone)
                .map(BackendHealth::id)
                .collect(Collectors.toSet());
        int available = 0;
        int countedUpon = 0;
        for (BackendHealth member : members.values()) {
            now.put(member.id(), member.eligibility());
            countedUpon += member.isCountedUpon() ? 1 : 0;
            available += isGood(member) ? 1 : 0;
        }
        int needed = minAvailable.of(countedUpon);
        Map<String, Rank> keptNow = available < needed ? keepLeastBad(now, available, needed) : Map.of();
        note(available, needed, keptNow);
        boolean changed = !now.equals(eligibility) || !goneNow.equals(gone);
        eligibility = now;
        gone = goneNow;
        return changed;
    }

    private Map<String, Rank> keepLeastBad(Map<String, Eligibility> now, int available, int needed) {
        Map<String, Rank> leastBad = new LinkedHashMap<>();
        int left = available;
        for (Rank rank : Rank.values()) {
            boolean enough = rank == Rank.SILENT ? left > 0 : left >= needed;
            if (rank == Rank.GOOD || enough) {
                continue;
            }
            Eligibility raised = rank == Rank.SILENT ? Eligibility.TRIAL : Eligibility.NEW_AND_ESTABLISHED;
            for (BackendHealth member : members.values()) {
                if (member.isCountedUpon() && rank(member) == rank) {
                    now.put(member.id(), raised);
                    leastBad.put(member.id(), rank);
                    left++;
                }
            }
        }
        return leastBad;
    }

    private void note(int available, int needed, Map<String, Rank> keptNow) {
        if (keptNow.equals(kept)) {
            return;
        }
        log.add(
                isPanic() ? "panic" : "normal",
                keptNow.isEmpty() ? "normal" : "panic",
                available + " of " + members.size() + " backends take new calls, " + needed + " must",
                shown(keptNow));
        kept = keptNow;
    }

    private static String shown(Map<String, Rank> kept) {
        String more = kept.size() > SHOWN ? " and " + (kept.size() - SHOWN) + " more" : "";
        return kept.entrySet().stream()
                .limit(SHOWN)
                .map(entry -> entry.getKey() + " (" + entry.getValue().name().toLowerCase(Locale.ROOT) + ")")
                .collect(Collectors.joining(", ", kept.isEmpty() ? "" : "kept the least bad: ", more));
    }

    /** What may be sent to a member, as of the last refresh; NONE for one that is unknown. */
    public Eligibility eligibility(String backendId) {
        return eligibility.getOrDefault(backendId, Eligibility.NONE);
    }

    /**
     * Whether nobody was there at the last refresh: the member was down and kept nothing, not even for now. In panic something
     * may be sent to it all the same.
     */
    public boolean isGone(String backendId) {
        return gone.contains(backendId);
    }

    /** Whether members take new calls that by their own state would not. */
    public boolean isPanic() {
        return !kept.isEmpty();
    }

    /** Who is kept, for people; empty when there is no panic. */
    public String panicReason() {
        return shown(kept);
    }

    private Optional<String> refusal(BackendHealth candidate, double failureRate, long nowNanos) {
        long out = members.values().stream().filter(PoolHealth::isOut).count();
        int allowed = settings.passive().ejectable(members.size());
        if (out >= allowed) {
            return Optional.of("max-ejected allows " + allowed + " of " + members.size() + ", " + out + " are out");
        }
        List<BackendHealth> rest = members.values().stream()
                .filter(member -> member != candidate && isGood(member))
                .toList();
        if (rest.isEmpty()) {
            return Optional.of("no other backend takes new calls");
        }
        double others = rest.stream()
                .mapToDouble(member -> member.failureRate(nowNanos))
                .average()
                .orElse(0);
        return failureRate - others < settings.passive().errorRate() - 1e-9
                ? Optional.of("of the others' requests " + OutlierDetector.percent(others) + " fail as well")
                : Optional.empty();
    }

    private static boolean isGone(BackendHealth member) {
        return member.health() == HealthState.DOWN && member.eligibility() == Eligibility.NONE;
    }

    private static boolean isOut(BackendHealth member) {
        return member.ejection() == EjectionState.EJECTED || member.ejection() == EjectionState.TRIAL;
    }

    private static boolean isGood(BackendHealth member) {
        return member.isCountedUpon() && rank(member) == Rank.GOOD;
    }

    private static Rank rank(BackendHealth member) {
        if (member.health() == HealthState.DOWN) {
            return member.isAnswering() ? Rank.DOWN : Rank.SILENT;
        }
        if (member.isInMaintenance()) {
            return Rank.MAINTENANCE;
        }
        return switch (member.ejection()) {
            case IN -> Rank.GOOD;
            case TRIAL -> Rank.TRIAL;
            case BUSY -> Rank.BUSY;
            case EJECTED -> Rank.EJECTED;
        };
    }
}
