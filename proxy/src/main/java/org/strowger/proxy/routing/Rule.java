package org.strowger.proxy.routing;

import java.util.List;

/** When all conditions hold for a request and no earlier rule has matched, this action is taken. */
public record Rule(List<Condition> conditions, Action action) {

    public Rule {
        conditions = List.copyOf(conditions);
    }
}
