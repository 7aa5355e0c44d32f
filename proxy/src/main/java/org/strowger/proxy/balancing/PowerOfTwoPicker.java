package org.strowger.proxy.balancing;

import io.netty.util.concurrent.Ticker;
import org.strowger.threading.RunsOn;

/**
 * Draws two members by weight and takes the less busy one (Mitzenmacher: The Power of Two Choices in Randomized Load
 * Balancing, 2001): nearly as even as looking at all of them, at a cost that does not grow with the pool, and without all
 * loops running to the one backend that looks best.
 *
 * <p>The draw is a function of the key and of a salt that nobody outside knows, so a stranger cannot choose whom his calls
 * are between.
 */
@RunsOn(RunsOn.Runner.ANY)
final class PowerOfTwoPicker implements Picker {
    /** For equal weights the second draw meets the first in one of n cases, the third in one of n squared. */
    private static final int DRAWS = 3;

    private final Shares shares;
    private final AliasTable table;
    private final Guard guard;
    private final Preferring preferring;
    private final Ticker ticker;
    private final long salt;

    PowerOfTwoPicker(Shares shares, Guard guard, Preferring preferring, Ticker ticker, long salt) {
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
        return remembered(pick(keyHash, Begins.REQUEST));
    }

    @Override
    public int pickCall(long keyHash, long callId) {
        return remembered(pick(keyHash, Begins.CALL));
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

    private static int remembered(int member) {
        return member == NONE ? NONE : member | REMEMBER;
    }

    private int pick(long keyHash, Begins begins) {
        int[] members = shares.members();
        if (members.length == 0) {
            return guard.anyFree(shares, keyHash, begins);
        }
        long mixed = Mix.of(keyHash ^ salt);
        int first = table.draw(mixed);
        int second = first;
        for (int draw = 1; draw < DRAWS && second == first; draw++) {
            mixed = Mix.of(mixed);
            second = table.draw(mixed);
        }
        if (second == first) {
            second = first + 1 == members.length ? 0 : first + 1;
        }
        boolean firstTakes = guard.takes(members[first], keyHash, begins);
        if (first == second || !guard.takes(members[second], keyHash, begins)) {
            return firstTakes ? members[first] : elsewhere(keyHash, begins);
        }
        return firstTakes && isBetter(first, second, mixed) ? members[first] : members[second];
    }

    private boolean isBetter(int first, int second, long mixed) {
        return preferring.isFirstBetter(
                guard.load(shares.members()[first]),
                weight(first),
                guard.load(shares.members()[second]),
                weight(second),
                Mix.of(mixed),
                ticker.nanoTime());
    }

    private double weight(int place) {
        return shares.weights()[place] * guard.ramp(shares.members()[place]);
    }

    /** Both were full or starting: the first that is neither, else the first that is not full. */
    private int elsewhere(long keyHash, Begins begins) {
        int[] members = shares.members();
        int place = Mix.place(Mix.of(keyHash + salt), members.length);
        for (int i = 0; i < members.length; i++) {
            int member = members[place];
            if (guard.takes(member, keyHash, begins)) {
                return member;
            }
            place = place + 1 == members.length ? 0 : place + 1;
        }
        return guard.anyFree(shares, keyHash, begins);
    }
}
