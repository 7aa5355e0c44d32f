package org.strowger.proxy.balancing;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.strowger.sip.cookie.BackendIdentity;
import org.strowger.threading.RunsOn;

/** The {@link BackendLoad} of every backend by its id, so that they outlive the snapshots. The data path never looks here. */
@RunsOn(RunsOn.Runner.ANY)
public final class BackendLoads {
    private final ConcurrentHashMap<String, BackendLoad> byId = new ConcurrentHashMap<>();

    /** The load of a backend; made at the first call. */
    public BackendLoad of(String backendId) {
        return byId.computeIfAbsent(backendId, id -> new BackendLoad(BackendIdentity.hash(id)));
    }

    /** The ids of the backends whose calls have leases. */
    public Set<String> leasing() {
        return ids(BackendLoad::leasesCalls);
    }

    /** The ids of the backends whose requests are counted. */
    public Set<String> measuring() {
        return ids(BackendLoad::measuresRequests);
    }

    private Set<String> ids(Predicate<BackendLoad> which) {
        Set<String> ids = new TreeSet<>();
        byId.forEach((id, load) -> {
            if (which.test(load)) {
                ids.add(id);
            }
        });
        return ids;
    }

    /** Forgets every backend that is not among {@code backendIds}: those are gone for good, not merely down. */
    public void retain(Collection<String> backendIds) {
        byId.keySet().retainAll(Set.copyOf(backendIds));
    }
}
