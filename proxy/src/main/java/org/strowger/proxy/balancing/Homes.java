package org.strowger.proxy.balancing;

import java.util.Arrays;
import org.strowger.threading.RunsOn;

/**
 * The home of each slot of a {@link MaglevTable}: the member that has all those calls of the slot's keys that nobody
 * remembered; and since when another member owns the slot. Immutable.
 *
 * <p>This holds because {@link TransitionPicker} has every choice remembered that differs from home, and every choice for
 * a slot whose owner does: so, when the owner changes again, home need not, nor does the time begin anew. Only a slot
 * whose owner was its home until now, and so had calls that nobody remembered until now, begins now. Any number
 * of changes, however fast, is therefore one home and one time per slot; no chain.
 *
 * <p>A table of another size (once a pool passes 655 members, 2,621, ...) cuts the keys differently. The homes then keep their own
 * slots, and each stands against all owners that share a key with it; they end together, not one by one.
 */
@RunsOn(RunsOn.Runner.ANY)
final class Homes {
    private final int[] members;
    private final long[] sinceNanos;

    private Homes(int[] members, long[] sinceNanos) {
        this.members = members;
        this.sinceNanos = sinceNanos;
    }

    /** As they are when no transition is under way: the owner is home. */
    static Homes of(MaglevPicker picker, long nowNanos) {
        int[] members = new int[picker.tableSize()];
        Arrays.setAll(members, picker::owner);
        long[] since = new long[members.length];
        Arrays.fill(since, nowNanos);
        return new Homes(members, since);
    }

    int slot(long keyHash) {
        return MaglevTable.slot(keyHash, members.length);
    }

    /** The home of that slot, or {@link Picker#NONE} when it is gone. */
    int member(int slot) {
        return members[slot];
    }

    /** When the slot's owner became another than its home. */
    long sinceNanos(int slot) {
        return sinceNanos[slot];
    }

    /**
     * The homes after a change of owners.
     *
     * @param before whose choices were in force until now
     * @param after whose choices will be
     * @param moved the new index of each member by its old one, or {@link Picker#NONE} when it is gone
     */
    Homes after(MaglevPicker before, MaglevPicker after, int[] moved, long nowNanos) {
        int[] homes = members.clone();
        long[] since = sinceNanos.clone();
        for (int slot = 0; slot < homes.length; slot++) {
            int home = homes[slot];
            if (nowNanos - since[slot] >= TransitionPicker.END_NANOS && hasSlotsOf(before)) {
                home = owner(before, slot);
            }
            int kept = home == Picker.NONE ? Picker.NONE : moved[home];
            if (kept == Picker.NONE && hasSlotsOf(after)) {
                kept = owner(after, slot);
            } else if (anyOwner(before, slot, home) && !allOwners(after, slot, kept)) {
                since[slot] = nowNanos;
            }
            homes[slot] = kept;
        }
        return new Homes(homes, since);
    }

    /** True when every slot's owner is its home. */
    boolean isHomeOf(MaglevPicker owners) {
        for (int slot = 0; slot < members.length; slot++) {
            if (!allOwners(owners, slot, members[slot])) {
                return false;
            }
        }
        return true;
    }

    /** When the last of the slots that have another owner than their home got it; there must be one. */
    long lastNanos(MaglevPicker owners) {
        long last = 0;
        boolean found = false;
        for (int slot = 0; slot < members.length; slot++) {
            if ((!found || sinceNanos[slot] - last > 0) && !allOwners(owners, slot, members[slot])) {
                last = sinceNanos[slot];
                found = true;
            }
        }
        return last;
    }

    /** True when each slot has one owner there: the same slots, or no owner at all. */
    private boolean hasSlotsOf(MaglevPicker picker) {
        return picker.tableSize() == members.length || picker.tableSize() == 0;
    }

    private static int owner(MaglevPicker picker, int slot) {
        return picker.tableSize() == 0 ? Picker.NONE : picker.owner(slot);
    }

    private boolean anyOwner(MaglevPicker picker, int slot, int member) {
        if (hasSlotsOf(picker)) {
            return owner(picker, slot) == member;
        }
        for (int i = first(picker, slot); i <= last(picker, slot); i++) {
            if (picker.owner(i) == member) {
                return true;
            }
        }
        return false;
    }

    private boolean allOwners(MaglevPicker picker, int slot, int member) {
        if (hasSlotsOf(picker)) {
            return owner(picker, slot) == member;
        }
        for (int i = first(picker, slot); i <= last(picker, slot); i++) {
            if (picker.owner(i) != member) {
                return false;
            }
        }
        return true;
    }

    /** The picker's slot of our slot's least key: the upper half of a hash h is in slot s when s * 2^32 / size <= h. */
    private int first(MaglevPicker picker, int slot) {
        long least = (((long) slot << 32) + members.length - 1) / members.length;
        return MaglevTable.slot(least << 32, picker.tableSize());
    }

    private int last(MaglevPicker picker, int slot) {
        long beyond = (((slot + 1L) << 32) + members.length - 1) / members.length;
        return MaglevTable.slot((beyond - 1) << 32, picker.tableSize());
    }
}
