package org.strowger.proxy.balancing;

import java.util.ArrayList;
import java.util.List;
import org.strowger.threading.RunsOn;

/**
 * Counts each call in the moment it is picked, so that no limit is exceeded however many loops pick at once, and gives it a
 * lease. Around the pickers of pools with limits or with {@code least-calls}; all its choices must be remembered, since
 * a backend that was full may not be at the retransmission, and the other way round.
 */
@RunsOn(RunsOn.Runner.ANY)
final class CountingPicker implements Picker {
    /** As often as that a pick may find that another loop has taken the last place. */
    private static final int TRIES = 4;

    private final Picker picker;
    private final Guard guard;
    private final Shares shares;
    private final Guard.CountsCalls counts;
    private final CallRegister calls;

    CountingPicker(Picker picker, Guard guard, Shares shares, Guard.CountsCalls counts, CallRegister calls) {
        this.picker = picker;
        this.guard = guard;
        this.shares = shares;
        this.counts = counts;
        this.calls = calls;
    }

    @Override
    public int pick(long keyHash) {
        return picker.pick(keyHash);
    }

    @Override
    public int pickCall(long keyHash, long callId) {
        return pickOtherCall(keyHash, callId, Excluded.NOBODY);
    }

    @Override
    public int pickOther(long keyHash, Excluded excluded) {
        return picker.pickOther(keyHash, excluded);
    }

    @Override
    public int pickOtherCall(long keyHash, long callId, Excluded excluded) {
        for (int i = 0; i < TRIES; i++) {
            int choice = excluded == Excluded.NOBODY
                    ? picker.pickCall(keyHash, callId)
                    : picker.pickOtherCall(keyHash, callId, excluded);
            if (choice == NONE) {
                return NONE;
            }
            if (guard.begin(Picker.index(choice), counts)) {
                return begun(Picker.index(choice), callId) | (choice & DIVERTED);
            }
        }
        int member = last(shares.members(), excluded);
        member = member == NONE ? last(shares.reserve(), excluded) : member;
        return member == NONE ? NONE : begun(member, callId);
    }

    private int last(int[] members, Excluded excluded) {
        for (int member : members) {
            if (!excluded.contains(member) && guard.begin(member, counts)) {
                return member;
            }
        }
        return NONE;
    }

    private int begun(int member, long callId) {
        if (counts == Guard.CountsCalls.YES) {
            calls.begin(callId, guard.load(member));
        }
        return member | REMEMBER;
    }

    @Override
    public int repeat(long keyHash) {
        return picker.repeat(keyHash);
    }

    @Override
    public int stay(long keyHash, int diverted) {
        return picker.stay(keyHash, diverted);
    }

    /** Only for a call from before the pool's calls were counted. Its lease at home begins when its INVITE is sent there. */
    @Override
    public int stayCall(long keyHash, long callId, int diverted) {
        int choice = picker.stay(keyHash, diverted);
        int counted = Picker.index(diverted);
        if (counts == Guard.CountsCalls.YES && Picker.index(choice) != counted) {
            calls.giveBack(callId, guard.load(counted));
        }
        return choice | REMEMBER;
    }

    @Override
    public Explained explain(long keyHash) {
        return withCalls(picker.explain(keyHash));
    }

    @Override
    public Explained explainCall(long keyHash) {
        return withCalls(picker.explainCall(keyHash));
    }

    private Explained withCalls(Explained told) {
        if (counts == Guard.CountsCalls.NO) {
            return told;
        }
        List<String> columns = new ArrayList<>(List.of("calls"));
        columns.addAll(told.columns());
        List<List<String>> figures = new ArrayList<>();
        for (int member = 0; member < guard.size(); member++) {
            List<String> row = new ArrayList<>(List.of(guard.calls(member)));
            row.addAll(member < told.figures().size() ? told.figures().get(member) : List.of());
            figures.add(row);
        }
        return new Explained(told.choice(), told.why(), columns, figures);
    }

    @Override
    public double score(int member) {
        return picker.score(member);
    }
}
