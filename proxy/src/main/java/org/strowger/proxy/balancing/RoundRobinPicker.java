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
 * at each end of the sequence. The ticket goes on when the picker is rebuilt, so a rebuild with the same members
 * loses nothing.
 */
@RunsOn(RunsOn.Runner.ANY)
final class RoundRobinPicker implements Picker {
    private final AtomicLong ticket;
    /** Indices into the pool's list in the order of the sequence. */
    private final int[] sequence;

    private RoundRobinPicker(AtomicLong ticket, int[] sequence) {
        this.ticket = ticket;
        this.sequence = sequence;
    }

    @Override
    public int pick(long keyHash) {
        if (sequence.length == 0) {
            return NONE;
        }
        return sequence[(int) (ticket.getAndIncrement() % sequence.length)] | REMEMBER;
    }

    /** Round robin has no memory: a call that is not remembered goes where its hash says, without a ticket. */
    @Override
    public int repeat(long keyHash) {
        if (sequence.length == 0) {
            return NONE;
        }
        return sequence[(int) Long.remainderUnsigned(keyHash, sequence.length)] | REMEMBER;
    }

    /** The next place of the sequence; another call may be faster. */
    @Override
    public Explained explain(long keyHash) {
        if (sequence.length == 0) {
            return Explained.of(NONE, "no member takes new calls");
        }
        int place = (int) (ticket.get() % sequence.length);
        List<List<String>> shares = new ArrayList<>();
        for (int member = 0; member <= Arrays.stream(sequence).max().orElse(0); member++) {
            int index = member;
            long turns = Arrays.stream(sequence).filter(i -> i == index).count();
            shares.add(List.of(turns + " of " + sequence.length));
        }
        String why =
                "next in turn: place " + (place + 1) + " of " + sequence.length + ", unless another call comes first";
        return new Explained(sequence[place] | REMEMBER, why, List.of("turns"), shares);
    }

    @Override
    public int pickOther(long keyHash, Excluded excluded) {
        if (sequence.length == 0) {
            return NONE;
        }
        int first = (int) (ticket.getAndIncrement() % sequence.length);
        for (int i = first; i < first + sequence.length; i++) {
            int member = sequence[i % sequence.length];
            if (!excluded.contains(member)) {
                return member | REMEMBER;
            }
        }
        return NONE;
    }

    /** Keeps the ticket of one pool. */
    @RunsOn(RunsOn.Runner.CONTROL)
    static final class Factory implements PickerFactory {
        private final AtomicLong ticket = new AtomicLong();

        @Override
        public Picker build(List<Member> members) {
            int[] tier = Tier.best(members);
            int[] weights = new int[tier.length];
            for (int i = 0; i < tier.length; i++) {
                weights[i] = members.get(tier[i]).backend().weight();
            }
            int[] sequence = SmoothSequence.of(weights);
            for (int i = 0; i < sequence.length; i++) {
                sequence[i] = tier[sequence[i]];
            }
            return new RoundRobinPicker(ticket, sequence);
        }
    }
}
