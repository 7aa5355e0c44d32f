package org.strowger.proxy.config;

import java.util.List;

/**
 * One line of the rules.
 *
 * @param conditions all must hold; none: the rule always matches
 * @param action what is then done
 */
public record RuleConfig(List<Condition> conditions, Action action) {

    public RuleConfig {
        conditions = List.copyOf(conditions);
    }

    /** What a matching rule does. */
    public sealed interface Action {}

    /** Gives the request to a pool. */
    public record Pool(String name) implements Action {}

    /**
     * Answers the request.
     *
     * @param status 400..699
     */
    public record Reject(int status) implements Action {

        public Reject {
            Require.range("status", status, 400, 699);
        }
    }
}
