package org.strowger.proxy.relay;

import java.util.Map;
import java.util.Optional;
import org.strowger.threading.RunsOn;

/** Which pool a connection goes to, by the host name that its TLS client asks for, where that is looked at. Immutable. */
@RunsOn(RunsOn.Runner.ANY)
public final class Routes {
    private final Map<String, PoolUse> byHost;
    private final Optional<PoolUse> other;

    /**
     * @param byHost names, or {@code *.} and a suffix of any number of labels; in lower case
     * @param other for all other names, and none
     */
    public Routes(Map<String, PoolUse> byHost, Optional<PoolUse> other) {
        this.byHost = Map.copyOf(byHost);
        this.other = other;
    }

    /** True when the host name matters. */
    public boolean isByHost() {
        return !byHost.isEmpty();
    }

    /** All names with their pools. */
    Map<String, PoolUse> byHost() {
        return byHost;
    }

    /** The name that stands for that host, if one does. */
    Optional<String> nameFor(String host) {
        if (byHost.containsKey(host)) {
            return Optional.of(host);
        }
        for (int dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
            String wild = "*" + host.substring(dot);
            if (byHost.containsKey(wild)) {
                return Optional.of(wild);
            }
        }
        return Optional.empty();
    }

    /** The pool for that host name in lower case, which is empty when there is none: the name itself, else its longest suffix. */
    public Optional<PoolUse> of(String host) {
        Optional<PoolUse> named = nameFor(host).map(byHost::get);
        return named.isPresent() ? named : other;
    }
}
