package org.strowger.proxy.config;

/**
 * This process among others.
 *
 * @param name in the log; the host name unless the file says otherwise
 */
public record NodeConfig(String name) {

    public NodeConfig {
        Require.that(!name.isEmpty(), "name", name, "a name");
    }
}
