package org.strowger.proxy.balancing;

import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.strowger.threading.RunsOn;

/**
 * Hashing while a change of members is young: lets calls in flight meet the backend of their INVITE although the key's
 * owner is another one now, without having remembered them. Where the owner is the key's home, as {@link Homes} says,
 * it adds nothing. For any other key, counted from its change of owner:
 *
 * <ol>
 *   <li>for 32 s, while an INVITE from before may still be retransmitted (64 * T1, RFC 3261 section 17.1.1.2), new calls go home
 *       like the retransmissions, which look the same, unless home takes no new calls;
 *   <li>for 5 minutes more, while such an INVITE may ring (Timer C is above 3 minutes, section 16.6), new calls go to the owner;
 *   <li>then all is as if there had been no change.
 * </ol>
 *
 * <p>CANCEL and ACK go home until then, as long as that member exists. Every choice for such a key must be
 * remembered, be it home: a call that begins in one phase may be repeated in the next. So whoever asks here without having found
 * an affinity entry is new, or from before.
 */
@RunsOn(RunsOn.Runner.ANY)
final class TransitionPicker implements Picker {
    /** How long an INVITE is retransmitted: 64 * T1. */
    static final long REPEATS_NANOS = Duration.ofSeconds(32).toNanos();

    /** How long after a change a call from before it may be without a final response. */
    static final long END_NANOS = REPEATS_NANOS + Duration.ofMinutes(5).toNanos();

    /** A picker goes on for a moment after its end, so that a build at the end does not miss choices made meanwhile. */
    private static final long GRACE_NANOS = Duration.ofSeconds(5).toNanos();

    /** Why a new call goes home. */
    static final String YOUNG = "home of the key: the members changed less than 32 s ago";

    private final MaglevPicker owners;
    private final Homes homes;
    private final boolean[] takesNewCalls;
    private final Ticker ticker;
    private final long endNanos;
    /** Written by any loop, once, without order: a stale false costs one more look at the clock. */
    private boolean over;

    private TransitionPicker(MaglevPicker owners, Homes homes, boolean[] takesNewCalls, Ticker ticker, long endNanos) {
        this.owners = owners;
        this.homes = homes;
        this.takesNewCalls = takesNewCalls;
        this.ticker = ticker;
        this.endNanos = endNanos;
    }

    @Override
    public int pick(long keyHash) {
        return pick(keyHash, Begins.REQUEST);
    }

    @Override
    public int pickCall(long keyHash, long callId) {
        return pick(keyHash, Begins.CALL);
    }

    private int pick(long keyHash, Begins begins) {
        int slot = slotInTransition(keyHash);
        if (slot == NONE) {
            return owners.pick(keyHash, begins);
        }
        int choice =
                goesHome(slot) ? owners.pickNear(keyHash, homes.member(slot), begins) : owners.pick(keyHash, begins);
        return choice == NONE ? NONE : choice | REMEMBER;
    }

    @Override
    public int stay(long keyHash, int diverted) {
        int slot = slotInTransition(keyHash);
        if (slot == NONE) {
            return owners.stay(keyHash, diverted);
        }
        int choice = goesHome(slot) ? owners.stayNear(homes.member(slot), diverted) : owners.stay(keyHash, diverted);
        return choice | REMEMBER;
    }

    /** The key's slot, or {@link #NONE} when its owner is its home or the transition is over. */
    private int slotInTransition(long keyHash) {
        if (over) {
            return NONE;
        }
        int slot = homes.slot(keyHash);
        return homes.member(slot) == owners.repeat(keyHash) || isOver(ticker.nanoTime()) ? NONE : slot;
    }

    private boolean goesHome(int slot) {
        int home = homes.member(slot);
        return home != NONE && takesNewCalls[home] && ticker.nanoTime() - homes.sinceNanos(slot) < REPEATS_NANOS;
    }

    @Override
    public int repeat(long keyHash) {
        int owner = owners.repeat(keyHash);
        if (over) {
            return owner;
        }
        int home = homes.member(homes.slot(keyHash));
        return home == NONE || home == owner || isOver(ticker.nanoTime()) ? owner : home;
    }

    @Override
    public Explained explain(long keyHash) {
        return explain(keyHash, Begins.REQUEST);
    }

    @Override
    public Explained explainCall(long keyHash) {
        return explain(keyHash, Begins.CALL);
    }

    private Explained explain(long keyHash, Begins begins) {
        int slot = homes.slot(keyHash);
        int home = homes.member(slot);
        long nowNanos = ticker.nanoTime();
        if (home == owners.repeat(keyHash) || nowNanos - endNanos >= 0) {
            return owners.explain(keyHash, begins);
        }
        boolean stays = home != NONE && takesNewCalls[home] && nowNanos - homes.sinceNanos(slot) < REPEATS_NANOS;
        Explained told = stays ? owners.explainNear(keyHash, home, begins) : owners.explain(keyHash, begins);
        return told.choice() == NONE
                ? told
                : new Explained(told.choice() | REMEMBER, told.why(), told.columns(), told.figures());
    }

    @Override
    public int pickOther(long keyHash, Excluded excluded) {
        return owners.pickOther(keyHash, excluded);
    }

    @Override
    public int pickOtherCall(long keyHash, long callId, Excluded excluded) {
        return owners.pickOtherCall(keyHash, callId, excluded);
    }

    private boolean isOver(long nowNanos) {
        if (nowNanos - endNanos < 0) {
            return false;
        }
        over = true;
        return true;
    }

    /** Builds the pickers of one pool that hashes; keeps the homes from one to the next. */
    @RunsOn(RunsOn.Runner.CONTROL)
    static final class Factory implements PolicyFactory {
        private final MaglevPicker.Factory factory;
        private final Ticker ticker;
        private MaglevPicker owners;
        private List<Member> members = List.of();
        /** Null when no transition is under way. */
        private @Nullable Homes homes;

        private long lastNanos;

        Factory(BoundedLoad bound, Ticker ticker) {
            this.factory = new MaglevPicker.Factory(bound, ticker);
            this.ticker = ticker;
            this.owners = factory.build(members, PolicyFactory.NOBODY, PolicyFactory.open(members, ticker));
        }

        @Override
        public Picker build(List<Member> now, Shares shares, Guard guard) {
            MaglevPicker next = factory.build(now, shares, guard);
            long nowNanos = ticker.nanoTime();
            Homes old = homes == null || nowNanos - lastNanos >= END_NANOS ? Homes.of(owners, nowNanos) : homes;
            Homes kept = old.after(owners, next, moved(members, now), nowNanos);
            owners = next;
            members = List.copyOf(now);
            homes = kept.isHomeOf(next) ? null : kept;
            if (homes == null) {
                return next;
            }
            lastNanos = kept.lastNanos(next);
            boolean[] takesNewCalls = new boolean[now.size()];
            for (int i = 0; i < takesNewCalls.length; i++) {
                takesNewCalls[i] = now.get(i).takesNewCalls();
            }
            return new TransitionPicker(next, kept, takesNewCalls, ticker, lastNanos + END_NANOS + GRACE_NANOS);
        }

        private static int[] moved(List<Member> from, List<Member> to) {
            Map<String, Integer> indexOf = new HashMap<>();
            for (int i = 0; i < to.size(); i++) {
                indexOf.putIfAbsent(to.get(i).backend().id(), i);
            }
            int[] moved = new int[from.size()];
            Arrays.setAll(moved, i -> indexOf.getOrDefault(from.get(i).backend().id(), NONE));
            return moved;
        }
    }
}
