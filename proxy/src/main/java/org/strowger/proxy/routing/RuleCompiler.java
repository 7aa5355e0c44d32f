package org.strowger.proxy.routing;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.strowger.threading.RunsOn;

/** Sorts the conditions of all rules by what they look at, and makes one {@link Dimension} of each sort. */
@RunsOn(RunsOn.Runner.CONTROL)
final class RuleCompiler {
    private final Map<Aspect, TreeMap<Integer, Condition>> conditions = new LinkedHashMap<>();

    private RuleCompiler() {}

    /** Dimensions, the cheap ones first, so that the others may find nothing left to do. */
    static List<Compiled> compile(List<Rule> rules) {
        RuleCompiler compiler = new RuleCompiler();
        for (int rule = 0; rule < rules.size(); rule++) {
            compiler.add(rule, rules.get(rule));
        }
        List<Aspect> aspects = new ArrayList<>(compiler.conditions.keySet());
        aspects.sort(Comparator.comparingInt(aspect -> cost(aspect.kind)));
        return aspects.stream().map(compiler::dimension).toList();
    }

    /** A second condition on the same thing in one rule goes to a dimension of its own, so that both must hold. */
    private void add(int rule, Rule rules) {
        Map<Object, Integer> seen = new HashMap<>();
        for (Condition condition : rules.conditions()) {
            Object kind = condition instanceof Condition.WithText text ? text.field() : condition.getClass();
            int layer = seen.merge(kind, 1, Integer::sum);
            conditions
                    .computeIfAbsent(new Aspect(kind, layer), unused -> new TreeMap<>())
                    .put(rule, condition);
        }
    }

    private static int cost(Object kind) {
        if (kind instanceof Condition.Part part) {
            return 10 + part.ordinal();
        }
        if (kind instanceof Condition.Header) {
            return 100;
        }
        return kind == Condition.FromSource.class ? 2 : 1;
    }

    private Compiled dimension(Aspect aspect) {
        Map<Integer, Condition> byRule = conditions.getOrDefault(aspect, new TreeMap<>());
        BitSet rules = new BitSet();
        byRule.keySet().forEach(rules::set);
        if (aspect.kind instanceof Condition.Field field) {
            return new Compiled(new TextDimension(field, only(byRule, Condition.WithText.class)), rules);
        }
        if (aspect.kind == Condition.FromSource.class) {
            return new Compiled(new SourceDimension(only(byRule, Condition.FromSource.class)), rules);
        }
        if (aspect.kind == Condition.OnListener.class) {
            return new Compiled(new ListenerDimension(only(byRule, Condition.OnListener.class)), rules);
        }
        return new Compiled(new PercentDimension(only(byRule, Condition.Percent.class)), rules);
    }

    private static <T extends Condition> Map<Integer, T> only(Map<Integer, Condition> byRule, Class<T> type) {
        Map<Integer, T> result = new TreeMap<>();
        byRule.forEach((rule, condition) -> result.put(rule, type.cast(condition)));
        return result;
    }

    /** What conditions look at: a field, or the kind of condition; {@code layer} counts within a rule. */
    private record Aspect(Object kind, int layer) {}

    /** A dimension with the rules that have a condition on it. */
    record Compiled(Dimension dimension, BitSet rules) {}
}
