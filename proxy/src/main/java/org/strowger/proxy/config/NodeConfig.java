package org.strowger.proxy.config;

/**
 * This process among others.
 *
 * @param name in the log; the host name unless the file says otherwise
 * @param zone availability zone, or empty when unknown
 */
public record NodeConfig(String name, String zone) {

    public NodeConfig {
        Require.that(!name.isEmpty(), "name", name, "a name");
    }
}
