package org.strowger.threading;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names the thread on which every method of a class is called. Checked by the architecture test. */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface RunsOn {

    /** The thread that calls this class. */
    Runner value();

    /** The kinds of thread in the program. */
    enum Runner {
        /** The event loop that owns the socket, and only that one: no lock, no blocking call. */
        EVENT_LOOP,
        /** The single control loop: configuration, discovery, health, administration. */
        CONTROL,
        /** Any thread: the class is immutable or safe for concurrent use. */
        ANY
    }
}
