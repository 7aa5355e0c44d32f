package org.strowger.health.probe;

/** Hears what becomes of the questions of a {@link Probe}. */
interface ProbeSink {

    /** A final answer. */
    void answered(ProbeAnswer answer);

    /** What was asked of the transport succeeded; there is nothing to judge. {@code what}: one phrase for people. */
    void succeeded(String what);

    /** It is known that no answer will come. {@code what}: one phrase for people. */
    void failed(String what);

    /** The network says that nobody is there. {@code what}: one phrase for people. */
    default void refused(String what) {
        failed(what);
    }

    /** Between two probes, the connection to the backend ended: a probe now will show why. */
    void disturbed();
}
