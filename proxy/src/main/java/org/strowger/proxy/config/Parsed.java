package org.strowger.proxy.config;

import java.util.function.Function;

/** What a syntax made of a text. */
sealed interface Parsed<T> {

    /** The value that the text stands for. */
    record Ok<T>(T value) implements Parsed<T> {}

    /** Not that kind of text; {@code expected} says what would be. */
    record Bad<T>(String expected) implements Parsed<T> {}

    /** The same, with another value where there is one. */
    default <R> Parsed<R> map(Function<T, R> function) {
        return this instanceof Ok<T> ok ? new Ok<>(function.apply(ok.value())) : new Bad<>(((Bad<T>) this).expected());
    }
}
