package org.strowger.proxy.routing;

import java.util.List;

/**
 * When all conditions hold for a request and no earlier rule has matched, this action is taken.
 *
 * @param place where it was written, {@code file:line}, for people; may be empty
 */
public record Rule(List<Condition> conditions, Action action, String place) {

    public Rule {
        conditions = List.copyOf(conditions);
    }

    public Rule(List<Condition> conditions, Action action) {
        this(conditions, action, "");
    }
}
