package org.strowger.proxy.balancing;

import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.strowger.threading.RunsOn;

/**
 * Draws a few members by weight and takes the least busy one (Mitzenmacher: The Power of Two Choices in Randomized Load
 * Balancing, 2001): nearly as even as looking at all of them, at a cost that does not grow with the pool, and without all
 * loops running to the one backend that looks best. How many are drawn is the policy's matter: two where figures are old,
 * four where they are exact.
 *
 * <p>The draw is a function of the key and of a salt that nobody outside knows, so a stranger cannot choose whom his calls
 * are between.
 */
@RunsOn(RunsOn.Runner.ANY)
final class DrawingPicker implements Picker {
    private final Shares shares;
    private final AliasTable table;
    private final Guard guard;
    private final Preferring preferring;
    private final Ticker ticker;
    private final long salt;

    DrawingPicker(Shares shares, Guard guard, Preferring preferring, Ticker ticker, long salt) {
        this.shares = shares;
        this.guard = guard;
        this.preferring = preferring;
        this.ticker = ticker;
        this.salt = salt;
        double[] weights = new double[Math.max(1, shares.weights().length)];
        weights[0] = 1;
        for (int i = 0; i < shares.weights().length; i++) {
            weights[i] = shares.weights()[i];
        }
        this.table = new AliasTable(weights);
    }

    @Override
    public int pick(long keyHash) {
        return remembered(pick(keyHash, Begins.REQUEST, Excluded.NOBODY));
    }

    @Override
    public int pickCall(long keyHash, long callId) {
        return remembered(pick(keyHash, Begins.CALL, Excluded.NOBODY));
    }

    @Override
    public int pickOther(long keyHash, Excluded excluded) {
        return remembered(pick(keyHash, Begins.REQUEST, excluded));
    }

    @Override
    public int pickOtherCall(long keyHash, long callId, Excluded excluded) {
        return remembered(pick(keyHash, Begins.CALL, excluded));
    }

    /** A call that is not remembered goes where its hash says, whatever the load. */
    @Override
    public int repeat(long keyHash) {
        int[] members = shares.members();
        return members.length == 0 ? NONE : remembered(members[table.draw(Mix.of(keyHash ^ salt))]);
    }

    @Override
    public double score(int member) {
        int[] members = shares.members();
        for (int i = 0; i < members.length; i++) {
            if (members[i] == member) {
                return preferring.score(guard.load(member), weight(i), ticker.nanoTime());
            }
        }
        return Double.NaN;
    }

    @Override
    public Explained explain(long keyHash) {
        return explain(keyHash, Begins.REQUEST);
    }

    @Override
    public Explained explainCall(long keyHash) {
        return explain(keyHash, Begins.CALL);
    }

    /** Looks, and counts nothing, just as a pick does. */
    private Explained explain(long keyHash, Begins begins) {
        int[] members = shares.members();
        if (members.length == 0) {
            return Explained.of(NONE, "no member takes new calls");
        }
        List<List<String>> scores = new ArrayList<>();
        for (int member = 0; member <= Arrays.stream(members).max().orElse(0); member++) {
            double score = score(member);
            scores.add(Double.isNaN(score) ? List.of() : List.of(String.format(Locale.ROOT, "%.3g", score)));
        }
        int drawn = Math.min(preferring.choices(), members.length);
        return new Explained(
                remembered(pick(keyHash, begins, Excluded.NOBODY)),
                "the better of " + drawn + " that the key draws, as they are now",
                List.of("score"),
                scores);
    }

    private static int remembered(int member) {
        return member == NONE ? NONE : member | REMEMBER;
    }

    private int pick(long keyHash, Begins begins, Excluded excluded) {
        int[] members = shares.members();
        if (members.length == 0) {
            return guard.anyFree(shares, keyHash, begins, excluded);
        }
        long now = preferring.usesClock() ? ticker.nanoTime() : 0;
        long mixed = Mix.of(keyHash ^ salt);
        int first = table.draw(mixed);
        int best = takes(first, keyHash, begins, excluded) ? first : NONE;
        for (int i = 1; i < preferring.choices(); i++) {
            mixed = Mix.of(mixed);
            int other = table.draw(mixed);
            if (other == first) {
                // At a cost of some evenness, so that with two members both are looked at.
                other = first + 1 == members.length ? 0 : first + 1;
            }
            if (other != best && takes(other, keyHash, begins, excluded)) {
                best = best == NONE || isBetter(other, best, mixed, now) ? other : best;
            }
        }
        return best == NONE ? elsewhere(keyHash, begins, excluded) : members[best];
    }

    private boolean takes(int place, long keyHash, Begins begins, Excluded excluded) {
        return guard.takes(shares.members()[place], keyHash, begins, excluded);
    }

    /** True when the first place is better than the second. */
    private boolean isBetter(int first, int second, long mixed, long nowNanos) {
        return preferring.isFirstBetter(
                guard.load(shares.members()[first]),
                weight(first),
                guard.load(shares.members()[second]),
                weight(second),
                Mix.of(mixed),
                nowNanos);
    }

    private double weight(int place) {
        return shares.weights()[place] * guard.ramp(shares.members()[place]);
    }

    /** All drawn were full or starting: the first that is neither, else the first that is not full. */
    private int elsewhere(long keyHash, Begins begins, Excluded excluded) {
        int[] members = shares.members();
        int place = Mix.place(Mix.of(keyHash + salt), members.length);
        for (int i = 0; i < members.length; i++) {
            int member = members[place];
            if (guard.takes(member, keyHash, begins, excluded)) {
                return member;
            }
            place = place + 1 == members.length ? 0 : place + 1;
        }
        return guard.anyFree(shares, keyHash, begins, excluded);
    }
}
