package org.strowger.proxy.routing;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import org.strowger.sip.SipMessage;
import org.strowger.threading.RunsOn;

/** Rules by number of listener. */
@RunsOn(RunsOn.Runner.ANY)
final class ListenerDimension implements Dimension {
    private final Hits[] hits;

    ListenerDimension(Map<Integer, Condition.OnListener> conditions) {
        int highest = conditions.values().stream()
                .mapToInt(Condition.OnListener::number)
                .max()
                .orElse(-1);
        BitSet[] rules = new BitSet[highest + 1];
        Arrays.setAll(rules, i -> new BitSet());
        conditions.forEach((rule, condition) -> rules[condition.number()].set(rule));
        hits = Arrays.stream(rules).map(Hits::new).toArray(Hits[]::new);
    }

    @Override
    public void satisfy(SipMessage message, RuleScratch scratch, long[] satisfied) {
        int listener = scratch.listener();
        if (listener >= 0 && listener < hits.length) {
            hits[listener].addTo(satisfied);
        }
    }
}
