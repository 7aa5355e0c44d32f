package org.strowger.proxy.control;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.strowger.discovery.Backend;
import org.strowger.health.AdminState;

/**
 * What operators have changed of one member of a pool.
 *
 * @param added the backend, for one that the file does not have
 * @param isRemoved true when the file has it and it is none all the same
 * @param admin READY when nobody wants anything else
 * @param weight in place of the file's
 * @param by whose change was the last
 * @param at when that was
 * @param why what the admin state comes from if nobody asked for it just then; else empty
 */
public record MemberOverride(
        Optional<Backend> added,
        boolean isRemoved,
        AdminState admin,
        OptionalInt weight,
        String by,
        Instant at,
        String why) {

    static MemberOverride none(String by, Instant at) {
        return new MemberOverride(Optional.empty(), false, AdminState.READY, OptionalInt.empty(), by, at, "");
    }

    /** True when it overrides nothing. */
    boolean isVoid() {
        return added.isEmpty() && !isRemoved && admin == AdminState.READY && weight.isEmpty();
    }

    MemberOverride withAdmin(AdminState state) {
        return new MemberOverride(added, isRemoved, state, weight, by, at, "");
    }

    MemberOverride withWeight(OptionalInt other) {
        return new MemberOverride(added, isRemoved, admin, other, by, at, why);
    }

    MemberOverride withAdded(Optional<Backend> backend) {
        return new MemberOverride(backend, false, admin, weight, by, at, why);
    }

    MemberOverride withRemoved(boolean removed) {
        return new MemberOverride(added, removed, admin, weight, by, at, why);
    }

    MemberOverride with(String who, Instant when) {
        return new MemberOverride(added, isRemoved, admin, weight, who, when, why);
    }

    MemberOverride because(String reason, Instant when) {
        return new MemberOverride(added, isRemoved, admin, weight, by, when, reason);
    }

    /** What the admin state comes from, in words: who wanted it, or what happened. */
    public String cause() {
        return why.isEmpty() ? by : why;
    }

    /** In words, for those who look. */
    public String text() {
        StringBuilder text = new StringBuilder();
        added.ifPresent(backend -> append(text, "added"));
        if (isRemoved) {
            append(text, "removed");
        }
        if (admin != AdminState.READY) {
            append(text, admin.name());
        }
        weight.ifPresent(w -> append(text, "weight " + w));
        return text.toString();
    }

    private static void append(StringBuilder text, String what) {
        text.append(text.isEmpty() ? "" : ", ").append(what);
    }
}
