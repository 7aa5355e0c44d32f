package org.strowger.proxy.control;

import java.util.List;
import java.util.Optional;
import org.strowger.discovery.Backend;

/** The members of one pool that are in force, in the order of the file, those that were added at the end. */
public record PoolMembers(String pool, List<ManagedMember> members) {

    public PoolMembers {
        members = List.copyOf(members);
    }

    Optional<ManagedMember> find(String backendId) {
        return members.stream().filter(member -> member.id().equals(backendId)).findFirst();
    }

    boolean takesNewCalls() {
        return members.stream().anyMatch(ManagedMember::takesNewCalls);
    }

    /** The backends of a pool as the file has them. */
    public record Configured(String pool, List<Backend> backends) {

        public Configured {
            backends = List.copyOf(backends);
        }
    }
}
