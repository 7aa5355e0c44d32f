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

    /** The pool for that host name in lower case, which is empty when there is none: the name itself, else its longest suffix. */
    public Optional<PoolUse> of(String host) {
        PoolUse exact = byHost.get(host);
        if (exact != null) {
            return Optional.of(exact);
        }
        for (int dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
            PoolUse wild = byHost.get("*" + host.substring(dot));
            if (wild != null) {
                return Optional.of(wild);
            }
        }
        return other;
    }
}
