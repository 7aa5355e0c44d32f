package org.strowger.proxy.routing;

/** What a rule does with a request. */
public sealed interface Action {

    /** Sends it to the pool with this index in the routing snapshot. */
    record ToPool(int pool) implements Action {
        public ToPool {
            if (pool < 0) {
                throw new IllegalArgumentException("pool: " + pool + " (expected: 0 or more)");
            }
        }
    }

    /** Answers it with this status code. */
    record Reject(int status) implements Action {
        public Reject {
            if (status < 300 || status > 699) {
                throw new IllegalArgumentException("reject: " + status + " (expected: 300..699)");
            }
        }
    }
}
