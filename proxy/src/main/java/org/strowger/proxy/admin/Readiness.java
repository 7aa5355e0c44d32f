package org.strowger.proxy.admin;

import java.util.List;

/** Whether this node may be sent traffic: its listeners are open and each pool has an eligible backend. */
@FunctionalInterface
public interface Readiness {

    /** What is missing, one sentence each; empty when ready. Called on the admin thread; must not block. */
    List<String> missing();
}
