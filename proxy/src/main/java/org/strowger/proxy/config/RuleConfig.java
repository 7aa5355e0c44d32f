package org.strowger.proxy.config;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One line of the rules.
 *
 * @param conditions all must hold; none: the rule always matches
 * @param action what is then done
 * @param place where it was written; two rules that say the same are equal wherever they stand
 */
public record RuleConfig(List<Condition> conditions, Action action, RulePlace place) {

    public RuleConfig {
        conditions = List.copyOf(conditions);
    }

    public RuleConfig(List<Condition> conditions, Action action) {
        this(conditions, action, RulePlace.NOWHERE);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RuleConfig that && conditions.equals(that.conditions) && action.equals(that.action);
    }

    @Override
    public int hashCode() {
        return Objects.hash(conditions, action);
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
