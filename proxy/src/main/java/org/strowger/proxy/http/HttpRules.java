package org.strowger.proxy.http;

import java.util.List;
import org.strowger.proxy.routing.Action;
import org.strowger.threading.RunsOn;

/**
 * The rules of the file that HTTP requests can match, in their order: those without a condition on something of SIP, whose
 * pool has HTTP backends or which reject. They are tried one after the other.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class HttpRules {
    static final int NO_MATCH = -1;

    private final List<Rule> rules;

    /**
     * One rule.
     *
     * @param number in the file, from 1
     * @param place where it was written, {@code file:line}
     */
    public record Rule(int number, List<HttpCondition> conditions, Action action, String place) {
        public Rule {
            conditions = List.copyOf(conditions);
        }
    }

    public HttpRules(List<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    /** The index of the first rule of which all conditions hold. */
    int match(HttpCondition.Subject subject) {
        for (int i = 0; i < rules.size(); i++) {
            if (holds(rules.get(i), subject)) {
                return i;
            }
        }
        return NO_MATCH;
    }

    private static boolean holds(Rule rule, HttpCondition.Subject subject) {
        for (HttpCondition condition : rule.conditions()) {
            if (!condition.holds(subject)) {
                return false;
            }
        }
        return true;
    }

    List<Rule> rules() {
        return rules;
    }
}
