package org.strowger.proxy.routing;

/** The backends that a request has been sent to. */
@FunctionalInterface
public interface Tried {
    /** True for one of them, whatever snapshot the target is of. */
    boolean contains(Target backend);
}
