package org.strowger.health.probe;

/**
 * One way to ask one backend. One question at a time: after {@link #begin} the {@link ProbeSink} hears of the outcome at
 * most once, unless {@link #abandon} comes first. On the probing thread.
 */
interface Probe extends AutoCloseable {

    /** Puts the question. */
    void begin();

    /** True when a question may be lost on its way and has to be put again; where not, the transport sees to that. */
    default boolean mayBeLost() {
        return false;
    }

    /** Puts the same question again; only where it {@linkplain #mayBeLost may be lost}. */
    default void repeat() {}

    /** Gives the question up; an answer that comes later is ignored. */
    void abandon();

    /** What is asked of whom, for people: {@code OPTIONS to udp:10.0.1.10:5060}. */
    String question();

    /** What came and was no answer, since {@link #begin}; for people, empty when nothing did. */
    default String noise() {
        return "";
    }

    @Override
    default void close() {
        abandon();
    }
}
