package org.strowger.proxy.balancing;

import io.netty.util.concurrent.Ticker;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.strowger.threading.RunsOn;

/**
 * Hashing with bounded load over the members of the best tier that take new calls: the same key gets the same backend,
 * on both nodes, whatever the order of the list, from a {@link MaglevTable}; a backend that has had more than its bound
 * of the recent picks passes further ones on.
 *
 * <p>Load is {@link RecentLoad}, because no table of calls exists. A backend is full when its recent picks have reached
 * {@code factor x fair share of (all recent picks + 1)}, the fair share going by weight; so after a pick no backend
 * is more than one pick above the bound. A full backend's pick goes to the first one that is not full in a permutation
 * derived from the key. There always is one: if all were full their loads would add up to more than the total. Below
 * {@link BoundedLoad#leastMeaningfulShare} nothing is bounded.
 */
@RunsOn(RunsOn.Runner.ANY)
final class MaglevPicker implements Picker {
    private final MaglevTable table;
    /** Index in the pool's list by position. Positions follow the order of identities, which all nodes share. */
    private final int[] indices;
    /** Position by index in the pool's list; {@link #NONE} for a member outside of the tier. */
    private final int[] positions;
    /** Recent picks by position. */
    private final RecentLoad[] loads;
    /** Share of the total weight by position. */
    private final float[] fairShares;
    /** The sum of {@link #loads}, kept beside them. */
    private final RecentLoad total = new RecentLoad();

    private final BoundedLoad bound;
    private final float leastMeaningfulShare;
    private final float factor;
    private final Decay decay;
    private final Ticker ticker;
    /** The least prime of at least as many residues as positions: every step then visits all of them. */
    private final int residues;

    private final Shares shares;
    private final Guard guard;

    private MaglevPicker(int size, Shares shares, Guard guard, Order order, Factory factory) {
        this.shares = shares;
        this.guard = guard;
        this.indices = order.indices;
        this.positions = new int[size];
        Arrays.fill(positions, NONE);
        this.bound = factory.bound;
        this.decay = factory.decay;
        this.ticker = factory.ticker;
        this.factor = (float) bound.factor();
        this.leastMeaningfulShare = (float) bound.leastMeaningfulShare();
        int[] weights = order.weights;
        long sum = 0;
        for (int i = 0; i < indices.length; i++) {
            sum += weights[i];
            positions[indices[i]] = i;
        }
        this.table = new MaglevTable(size, order.identities, weights);
        this.loads = new RecentLoad[indices.length];
        this.fairShares = new float[indices.length];
        int tick = decay.tick(ticker.nanoTime());
        for (int i = 0; i < indices.length; i++) {
            loads[i] = factory.load(order.identities[i].id());
            fairShares[i] = (float) weights[i] / sum;
            total.add(loads[i].at(tick), tick);
        }
        this.residues = BigInteger.valueOf(Math.max(1, indices.length - 1))
                .nextProbablePrime()
                .intValueExact();
    }

    @Override
    public int pick(long keyHash) {
        return pick(keyHash, Begins.REQUEST);
    }

    @Override
    public int pickCall(long keyHash, long callId) {
        return pick(keyHash, Begins.CALL);
    }

    int pick(long keyHash, Begins begins) {
        return indices.length == 0 ? NONE : bounded(keyHash, table.position(keyHash), begins);
    }

    /** {@link #pick} with that member in the place of the one that owns the key, be it in the tier or not. */
    int pickNear(long keyHash, int member, Begins begins) {
        int position = positions[member];
        if (position != NONE) {
            return bounded(keyHash, position, begins);
        }
        if (guard.takes(member, keyHash, begins)) {
            return member;
        }
        int choice = pick(keyHash, begins);
        // Away from its home because of a limit, whatever the owner's bound.
        return choice == NONE ? NONE : choice & ~DIVERTED;
    }

    private int bounded(long keyHash, int position, Begins begins) {
        boolean open = guard.isOpen() || guard.takes(indices[position], keyHash, begins);
        if (indices.length == 1 || !bound.isOn()) {
            return open ? indices[position] : elsewhere(keyHash, position, begins);
        }
        int tick = decay.tick(ticker.nanoTime());
        float all = total.at(tick) + 1;
        if (!open) {
            return counted(elsewhere(keyHash, position, begins), tick);
        }
        int home = indices[position];
        int choice = isFull(position, all, tick) ? elsewhere(keyHash, position, begins) : home;
        return counted(choice == NONE || choice == home ? choice : choice | DIVERTED, tick);
    }

    @Override
    public int repeat(long keyHash) {
        return indices.length == 0 ? NONE : indices[table.position(keyHash)];
    }

    @Override
    public Explained explain(long keyHash) {
        return explain(keyHash, Begins.REQUEST);
    }

    @Override
    public Explained explainCall(long keyHash) {
        return explain(keyHash, Begins.CALL);
    }

    Explained explain(long keyHash, Begins begins) {
        return indices.length == 0
                ? Explained.of(NONE, "no member takes new calls")
                : explain(keyHash, table.position(keyHash), begins, "owner of the key's slot");
    }

    /** What {@link #pickNear} would say now. */
    Explained explainNear(long keyHash, int member, Begins begins) {
        int position = positions[member];
        if (position != NONE) {
            return explain(keyHash, position, begins, TransitionPicker.YOUNG);
        }
        return guard.takes(member, keyHash, begins)
                ? Explained.of(member, TransitionPicker.YOUNG)
                : explain(keyHash, begins);
    }

    private Explained explain(long keyHash, int position, Begins begins, String why) {
        boolean bounded = indices.length > 1 && bound.isOn();
        int tick = decay.tick(ticker.nanoTime());
        float all = total.at(tick) + 1;
        boolean open = guard.takes(indices[position], keyHash, begins);
        boolean full = bounded && isFull(position, all, tick);
        int choice = open && !full ? indices[position] : elsewhere(keyHash, position, begins);
        int[] slots = new int[indices.length];
        for (int slot = 0; slot < table.size(); slot++) {
            slots[table.owner(slot)]++;
        }
        List<List<String>> figures = new ArrayList<>();
        for (int member : positions) {
            figures.add(member == NONE ? List.of() : figures(member, slots[member], bounded, all, tick));
        }
        String slot = why + " (" + MaglevTable.slot(keyHash, table.size()) + " of " + table.size() + ")";
        String passedOn = open ? " has more than its bound of the recent picks" : " is at a limit, or starts slowly";
        return new Explained(
                choice,
                choice == indices[position] ? slot : "passed on: " + slot + passedOn,
                bounded ? List.of("slots", "recent", "bound") : List.of("slots"),
                figures);
    }

    private List<String> figures(int position, int slots, boolean bounded, float all, int tick) {
        String share = String.format(Locale.ROOT, "%.1f %%", 100.0 * slots / table.size());
        float fair = all * fairShares[position];
        return bounded
                ? List.of(
                        share,
                        String.format(Locale.ROOT, "%.1f", loads[position].at(tick)),
                        fair < leastMeaningfulShare ? "none yet" : String.format(Locale.ROOT, "%.1f", factor * fair))
                : List.of(share);
    }

    @Override
    public int stay(long keyHash, int diverted) {
        return stayAt(table.position(keyHash), diverted);
    }

    /** {@link #stay} with that member in the place of the one that owns the key, be it in the tier or not. */
    int stayNear(int member, int diverted) {
        int position = positions[member];
        return position == NONE ? member : stayAt(position, diverted);
    }

    private int stayAt(int position, int diverted) {
        int tick = decay.tick(ticker.nanoTime());
        int counted = positions[Picker.index(diverted)];
        if (counted != NONE) {
            loads[counted].add(-1, tick);
            loads[position].add(1, tick);
        }
        return indices[position];
    }

    @Override
    public int pickOther(long keyHash, Excluded excluded) {
        return other(keyHash, Begins.REQUEST, excluded);
    }

    @Override
    public int pickOtherCall(long keyHash, long callId, Excluded excluded) {
        return other(keyHash, Begins.CALL, excluded);
    }

    /** From a position that the key's lower half says onwards: the first that is not full, else who is free. */
    private int other(long keyHash, Begins begins, Excluded excluded) {
        int tick = decay.tick(ticker.nanoTime());
        float all = total.at(tick) + 1;
        int position = (int) (((keyHash & 0xFFFF_FFFFL) * indices.length) >>> 32);
        for (int i = 0; i < indices.length; i++) {
            if (!isBounded(position, all, tick) && guard.takes(indices[position], keyHash, begins, excluded)) {
                return counted(indices[position] | REMEMBER, tick);
            }
            position = position + 1 == indices.length ? 0 : position + 1;
        }
        int free = guard.anyFree(shares, keyHash, begins, excluded);
        return free == NONE ? NONE : counted(free | REMEMBER, tick);
    }

    /** The choice, after it has been added to the recent load. */
    private int counted(int choice, int tick) {
        int position = choice == NONE ? NONE : positions[Picker.index(choice)];
        if (position != NONE && bound.isOn()) {
            loads[position].add(1, tick);
            total.add(1, tick);
        }
        return choice;
    }

    private boolean isBounded(int position, float all, int tick) {
        return bound.isOn() && isFull(position, all, tick);
    }

    private boolean isFull(int position, float all, int tick) {
        float fair = all * fairShares[position];
        return fair >= leastMeaningfulShare && loads[position].at(tick) >= factor * fair;
    }

    /** The first in the key's permutation that is neither full nor starting; else one that no limit keeps from it. */
    private int elsewhere(long keyHash, int passedOver, Begins begins) {
        int tick = decay.tick(ticker.nanoTime());
        float all = total.at(tick) + 1;
        long mixed = keyHash * 0x9E37_79B9_7F4A_7C15L;
        int residue = (int) (((mixed >>> 32) * residues) >>> 32);
        int step = (int) (((mixed & 0xFFFF_FFFFL) * (residues - 1)) >>> 32) + 1;
        for (int i = 0; i < residues; i++) {
            if (residue < indices.length
                    && residue != passedOver
                    && !isBounded(residue, all, tick)
                    && guard.takes(indices[residue], keyHash, begins)) {
                return indices[residue] | REMEMBER;
            }
            residue += step;
            residue = residue >= residues ? residue - residues : residue;
        }
        if (guard.takes(indices[passedOver], keyHash, begins)) {
            return indices[passedOver];
        }
        int free = guard.anyFree(shares, keyHash, begins, Excluded.NOBODY);
        return free == NONE ? NONE : free | REMEMBER;
    }

    /** The slots of the table; 0 when no member takes new calls. */
    int tableSize() {
        return table.size();
    }

    /** The index of the member that owns that slot. */
    int owner(int slot) {
        return indices[table.owner(slot)];
    }

    /** Members in the order of identities, which all nodes share, with their weights. */
    private static final class Order {
        private final int[] indices;
        private final BackendIdentity[] identities;
        private final int[] weights;

        Order(List<Member> members, Shares shares) {
            int size = shares.members().length;
            BackendIdentity[] byPlace = new BackendIdentity[size];
            Integer[] places = new Integer[size];
            for (int i = 0; i < size; i++) {
                byPlace[i] = BackendIdentity.of(members.get(shares.members()[i]).backend());
                places[i] = i;
            }
            Arrays.sort(places, Comparator.comparing(place -> byPlace[place]));
            this.indices = new int[size];
            this.identities = new BackendIdentity[size];
            this.weights = new int[size];
            for (int i = 0; i < size; i++) {
                indices[i] = shares.members()[places[i]];
                identities[i] = byPlace[places[i]];
                weights[i] = shares.weights()[places[i]];
            }
        }
    }

    /** Keeps the recent load of one pool's backends. */
    @RunsOn(RunsOn.Runner.CONTROL)
    static final class Factory implements PolicyFactory {
        private final BoundedLoad bound;
        private final Decay decay;
        private final Ticker ticker;
        private final Map<String, RecentLoad> loads = new HashMap<>();

        Factory(BoundedLoad bound, Ticker ticker) {
            this.bound = bound;
            this.decay = new Decay(bound.halfLife());
            this.ticker = ticker;
        }

        @Override
        public MaglevPicker build(List<Member> members, Shares shares, Guard guard) {
            loads.keySet().retainAll(members.stream().map(m -> m.backend().id()).toList());
            return new MaglevPicker(members.size(), shares, guard, new Order(members, shares), this);
        }

        private RecentLoad load(String id) {
            return loads.computeIfAbsent(id, unused -> new RecentLoad());
        }

        /** The recent picks of a backend now. */
        float recentPicks(String id) {
            return load(id).at(decay.tick(ticker.nanoTime()));
        }
    }
}
