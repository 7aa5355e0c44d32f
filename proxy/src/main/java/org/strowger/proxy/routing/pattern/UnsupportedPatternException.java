package org.strowger.proxy.routing.pattern;

/** A valid pattern that this package leaves to RE2/J: it uses a construct not known here, or its automaton is too big. */
final class UnsupportedPatternException extends RuntimeException {

    UnsupportedPatternException(String reason) {
        super(reason, null, false, false);
    }
}
