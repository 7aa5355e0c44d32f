package org.strowger.proxy.balancing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.strowger.threading.RunsOn;

/**
 * Smooth weighted round robin over the members of the best tier that take new calls, exact over all event loops together:
 * the n-th pick of the whole process takes the n-th place of one {@link SmoothSequence}, by one shared ticket.
 *
 * <p>With equal weights no two members ever differ by more than one call; with others every member has exactly its share
 * at each end of the sequence. A member that is full or starts slowly passes its turn on. The ticket goes on when the picker is rebuilt, so a rebuild with the same members
 * loses nothing.
 */
@RunsOn(RunsOn.Runner.ANY)
final class RoundRobinPicker implements Picker {
    private final AtomicLong ticket;
    /** Indices into the pool's list in the order of the sequence. */
    private final int[] sequence;

    private final Shares shares;
    private final Guard guard;

    private RoundRobinPicker(AtomicLong ticket, int[] sequence, Shares shares, Guard guard) {
        this.ticket = ticket;
        this.sequence = sequence;
        this.shares = shares;
        this.guard = guard;
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
        if (sequence.length == 0) {
            return NONE;
        }
        int member = next();
        return guard.isOpen() || guard.takes(member, keyHash, begins)
                ? member | REMEMBER
                : after(keyHash, begins, Excluded.NOBODY);
    }

    /** The next turns, as many as there are members; then whoever is free. */
    private int after(long keyHash, Begins begins, Excluded excluded) {
        for (int i = 0; i < shares.members().length; i++) {
            int member = next();
            if (guard.takes(member, keyHash, begins, excluded)) {
                return member | REMEMBER;
            }
        }
        int free = guard.anyFree(shares, keyHash, begins, excluded);
        return free == NONE ? NONE : free | REMEMBER;
    }

    private int next() {
        return sequence[(int) (ticket.getAndIncrement() % sequence.length)];
    }

    /** Round robin has no memory: a call that is not remembered goes where its hash says, without a ticket. */
    @Override
    public int repeat(long keyHash) {
        if (sequence.length == 0) {
            return NONE;
        }
        return sequence[(int) Long.remainderUnsigned(keyHash, sequence.length)] | REMEMBER;
    }

    @Override
    public Explained explain(long keyHash) {
        return explain(keyHash, Begins.REQUEST);
    }

    @Override
    public Explained explainCall(long keyHash) {
        return explain(keyHash, Begins.CALL);
    }

    /** The next place of the sequence; another call may be faster. */
    private Explained explain(long keyHash, Begins begins) {
        if (sequence.length == 0) {
            return Explained.of(NONE, "no member takes new calls");
        }
        int place = (int) (ticket.get() % sequence.length);
        List<List<String>> turnsOf = new ArrayList<>();
        for (int member = 0; member <= Arrays.stream(sequence).max().orElse(0); member++) {
            int index = member;
            long turns = Arrays.stream(sequence).filter(i -> i == index).count();
            turnsOf.add(List.of(turns + " of " + sequence.length));
        }
        int passedOver = 0;
        while (passedOver < shares.members().length && !guard.takes(sequence[place], keyHash, begins)) {
            place = place + 1 == sequence.length ? 0 : place + 1;
            passedOver++;
        }
        boolean anyFree = passedOver <= 0 || guard.takes(sequence[place], keyHash, begins);
        int member = anyFree ? sequence[place] : guard.anyFree(shares, keyHash, begins, Excluded.NOBODY);
        String why =
                "next in turn: place " + (place + 1) + " of " + sequence.length + ", unless another call comes first";
        String limited = "the first of which no limit keeps it, as all others are at one or start slowly";
        return new Explained(
                member == NONE ? NONE : member | REMEMBER, anyFree ? why : limited, List.of("turns"), turnsOf);
    }

    @Override
    public int pickOther(long keyHash, Excluded excluded) {
        return sequence.length == 0 ? NONE : after(keyHash, Begins.REQUEST, excluded);
    }

    @Override
    public int pickOtherCall(long keyHash, long callId, Excluded excluded) {
        return sequence.length == 0 ? NONE : after(keyHash, Begins.CALL, excluded);
    }

    /** Keeps the ticket of one pool. */
    @RunsOn(RunsOn.Runner.CONTROL)
    static final class Factory implements PolicyFactory {
        private final AtomicLong ticket = new AtomicLong();

        @Override
        public Picker build(List<Member> members, Shares shares, Guard guard) {
            int[] sequence = SmoothSequence.of(shares.weights());
            for (int i = 0; i < sequence.length; i++) {
                sequence[i] = shares.members()[sequence[i]];
            }
            return new RoundRobinPicker(ticket, sequence, shares, guard);
        }
    }
}
