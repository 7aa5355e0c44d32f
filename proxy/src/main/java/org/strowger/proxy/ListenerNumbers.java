package org.strowger.proxy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.sip.cookie.BackendIdentity;
import org.strowger.threading.RunsOn;

/**
 * The numbers that cookies know listeners by: made of their names, so that a listener added to the file, or the other
 * node's file in another order, does not renumber the rest. Immutable.
 */
@RunsOn(RunsOn.Runner.ANY)
final class ListenerNumbers {
    private final Map<String, Integer> byName = new TreeMap<>();

    /**
     * Numbers these names from 0 to 254. Two that fall on one number give way in the order of the alphabet.
     *
     * @throws IllegalArgumentException when there are more than 255
     */
    ListenerNumbers(List<String> names) {
        this(names, Map.of());
    }

    private ListenerNumbers(List<String> names, Map<String, Integer> kept) {
        int limit = RoutingSnapshot.BACKEND_SIDE;
        if (names.size() > limit) {
            throw new IllegalArgumentException("listeners: " + names.size() + " (expected: at most " + limit + ")");
        }
        boolean[] taken = new boolean[limit];
        for (String name : names) {
            if (kept.containsKey(name)) {
                byName.put(name, kept.get(name));
                taken[kept.get(name)] = true;
            }
        }
        for (String name :
                names.stream().filter(n -> !kept.containsKey(n)).sorted().toList()) {
            int number = (int) (BackendIdentity.hash(name) % limit);
            while (taken[number]) {
                number = (number + 1) % limit;
            }
            taken[number] = true;
            byName.put(name, number);
        }
    }

    /** The numbers of these names, of which those that have one keep it. */
    ListenerNumbers with(List<String> names) {
        return new ListenerNumbers(names, byName);
    }

    /** The number of one of the names. */
    int of(String name) {
        Integer number = byName.get(name);
        if (number == null) {
            throw new IllegalArgumentException("listener: " + name + " (expected: one of " + byName.keySet() + ")");
        }
        return number;
    }
}
