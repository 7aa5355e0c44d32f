package org.strowger.proxy.admin;

import java.util.List;

/** Whether this process still works, or should be restarted. */
@FunctionalInterface
public interface Liveness {

    /** What is stuck, one sentence each; empty when alive. Called on the admin thread; must not block. */
    List<String> stuck();
}
