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
    private final float[] shares;
    /** The sum of {@link #loads}, kept beside them. */
    private final RecentLoad total = new RecentLoad();

    private final BoundedLoad bound;
    private final float leastMeaningfulShare;
    private final float factor;
    private final Decay decay;
    private final Ticker ticker;
    /** The least prime of at least as many residues as positions: every step then visits all of them. */
    private final int residues;

    private MaglevPicker(List<Member> members, int[] tier, BackendIdentity[] identities, Factory factory) {
        this.indices = tier;
        this.positions = new int[members.size()];
        Arrays.fill(positions, NONE);
        this.bound = factory.bound;
        this.decay = factory.decay;
        this.ticker = factory.ticker;
        this.factor = (float) bound.factor();
        this.leastMeaningfulShare = (float) bound.leastMeaningfulShare();
        int[] weights = new int[tier.length];
        long sum = 0;
        for (int i = 0; i < tier.length; i++) {
            weights[i] = members.get(tier[i]).backend().weight();
            sum += weights[i];
            positions[tier[i]] = i;
        }
        this.table = new MaglevTable(members.size(), identities, weights);
        this.loads = new RecentLoad[tier.length];
        this.shares = new float[tier.length];
        int tick = decay.tick(ticker.nanoTime());
        for (int i = 0; i < tier.length; i++) {
            loads[i] = factory.load(identities[i].id());
            shares[i] = (float) weights[i] / sum;
            total.add(loads[i].at(tick), tick);
        }
        this.residues = BigInteger.valueOf(Math.max(1, tier.length - 1))
                .nextProbablePrime()
                .intValueExact();
    }

    @Override
    public int pick(long keyHash) {
        return indices.length == 0 ? NONE : bounded(keyHash, table.position(keyHash));
    }

    /** {@link #pick} with that member in the place of the one that owns the key, be it in the tier or not. */
    int pickNear(long keyHash, int member) {
        int position = positions[member];
        return position == NONE ? member : bounded(keyHash, position);
    }

    private int bounded(long keyHash, int position) {
        if (indices.length == 1 || !bound.isOn()) {
            return indices[position];
        }
        int tick = decay.tick(ticker.nanoTime());
        float all = total.at(tick) + 1;
        int chosen = notFull(keyHash, position, all, tick);
        loads[chosen].add(1, tick);
        total.add(1, tick);
        return chosen == position ? indices[chosen] : indices[chosen] | REMEMBER | DIVERTED;
    }

    @Override
    public int repeat(long keyHash) {
        return indices.length == 0 ? NONE : indices[table.position(keyHash)];
    }

    private int notFull(long keyHash, int position, float all, int tick) {
        return isFull(position, all, tick) ? elsewhere(keyHash, position, all, tick) : position;
    }

    @Override
    public Explained explain(long keyHash) {
        return indices.length == 0
                ? Explained.of(NONE, "no member takes new calls")
                : explain(keyHash, table.position(keyHash), "owner of the key's slot");
    }

    /** What {@link #pickNear} would say now. */
    Explained explainNear(long keyHash, int member) {
        int position = positions[member];
        return position == NONE
                ? Explained.of(member, TransitionPicker.YOUNG)
                : explain(keyHash, position, TransitionPicker.YOUNG);
    }

    private Explained explain(long keyHash, int position, String why) {
        boolean bounded = indices.length > 1 && bound.isOn();
        int tick = decay.tick(ticker.nanoTime());
        float all = total.at(tick) + 1;
        int chosen = bounded ? notFull(keyHash, position, all, tick) : position;
        int[] slots = new int[indices.length];
        for (int slot = 0; slot < table.size(); slot++) {
            slots[table.owner(slot)]++;
        }
        List<List<String>> figures = new ArrayList<>();
        for (int member : positions) {
            figures.add(member == NONE ? List.of() : figures(member, slots[member], bounded, all, tick));
        }
        String slot = why + " (" + MaglevTable.slot(keyHash, table.size()) + " of " + table.size() + ")";
        return new Explained(
                chosen == position ? indices[chosen] : indices[chosen] | REMEMBER,
                chosen == position ? slot : "passed on: " + slot + " has more than its bound of the recent picks",
                bounded ? List.of("slots", "recent", "bound") : List.of("slots"),
                figures);
    }

    private List<String> figures(int position, int slots, boolean bounded, float all, int tick) {
        String share = String.format(Locale.ROOT, "%.1f %%", 100.0 * slots / table.size());
        float fair = all * shares[position];
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
        loads[positions[Picker.index(diverted)]].add(-1, tick);
        loads[position].add(1, tick);
        return indices[position];
    }

    /** From a position that the key's lower half says onwards: the first that is not full, else the first. */
    @Override
    public int pickOther(long keyHash, Excluded excluded) {
        if (indices.length == 0) {
            return NONE;
        }
        int tick = decay.tick(ticker.nanoTime());
        float all = total.at(tick) + 1;
        int chosen = NONE;
        int start = (int) (((keyHash & 0xFFFF_FFFFL) * indices.length) >>> 32);
        for (int i = start; i < start + indices.length; i++) {
            int position = i < indices.length ? i : i - indices.length;
            if (!excluded.contains(indices[position])) {
                boolean full = bound.isOn() && isFull(position, all, tick);
                if (chosen == NONE || !full) {
                    chosen = position;
                }
                if (!full) {
                    break;
                }
            }
        }
        if (chosen == NONE) {
            return NONE;
        }
        loads[chosen].add(1, tick);
        total.add(1, tick);
        return indices[chosen] | REMEMBER;
    }

    private boolean isFull(int position, float all, int tick) {
        float fair = all * shares[position];
        return fair >= leastMeaningfulShare && loads[position].at(tick) >= factor * fair;
    }

    private int elsewhere(long keyHash, int full, float all, int tick) {
        long mixed = keyHash * 0x9E37_79B9_7F4A_7C15L;
        int residue = (int) (((mixed >>> 32) * residues) >>> 32);
        int step = (int) (((mixed & 0xFFFF_FFFFL) * (residues - 1)) >>> 32) + 1;
        for (int i = 0; i < residues; i++) {
            if (residue < indices.length && residue != full && !isFull(residue, all, tick)) {
                return residue;
            }
            residue += step;
            residue = residue >= residues ? residue - residues : residue;
        }
        return full;
    }

    /** The slots of the table; 0 when no member takes new calls. */
    int tableSize() {
        return table.size();
    }

    /** The index of the member that owns that slot. */
    int owner(int slot) {
        return indices[table.owner(slot)];
    }

    /** Keeps the recent load of one pool's backends. */
    @RunsOn(RunsOn.Runner.CONTROL)
    static final class Factory implements PickerFactory {
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
        public MaglevPicker build(List<Member> members) {
            loads.keySet().retainAll(members.stream().map(m -> m.backend().id()).toList());
            int[] tier = Tier.best(members);
            Map<Integer, BackendIdentity> identityOf = new HashMap<>();
            for (int index : tier) {
                identityOf.put(index, BackendIdentity.of(members.get(index).backend()));
            }
            Integer[] order = Arrays.stream(tier).boxed().toArray(Integer[]::new);
            Arrays.sort(order, Comparator.comparing(identityOf::get));
            BackendIdentity[] identities = new BackendIdentity[tier.length];
            for (int i = 0; i < tier.length; i++) {
                tier[i] = order[i];
                identities[i] = identityOf.get(order[i]);
            }
            return new MaglevPicker(members, tier, identities, this);
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
