package org.strowger.e2e;

/** A phone that a test commands: a real program, or a page in a real browser. */
interface CallParty {
    String user();

    /** Waits until it has registered so many times. */
    void awaitRegistered(int times);

    void dial(String user);

    void hangUp();

    /** Waits until so many calls of this phone were established. */
    void awaitEstablished(int calls);

    /** Waits until so many calls of this phone have ended after they were established. */
    void awaitClosed(int calls);
}
