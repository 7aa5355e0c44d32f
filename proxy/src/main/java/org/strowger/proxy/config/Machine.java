package org.strowger.proxy.config;

import java.util.Map;

/**
 * What a configuration takes from the machine.
 *
 * @param variables the environment
 * @param processors how many event loops {@code auto} means
 * @param hostName which node name {@code auto} means
 */
public record Machine(Map<String, String> variables, int processors, String hostName) {

    public Machine {
        variables = Map.copyOf(variables);
        Require.range("processors", processors, 1, Integer.MAX_VALUE);
        Require.that(!hostName.isEmpty(), "hostName", hostName, "a name");
    }
}
