package org.strowger.proxy.routing.pattern;

import java.util.List;

/** What a pattern means, as a tree. */
sealed interface Syntax {

    /** One character out of {@code ranges}: pairs of first and last code point, ascending, not touching. */
    record Chars(List<Range> ranges) implements Syntax {
        public Chars {
            ranges = List.copyOf(ranges);
        }
    }

    /** One after the other; the empty text when there are none. */
    record Sequence(List<Syntax> parts) implements Syntax {
        public Sequence {
            parts = List.copyOf(parts);
        }
    }

    /** Any one of them. */
    record Choice(List<Syntax> options) implements Syntax {
        public Choice {
            options = List.copyOf(options);
        }
    }

    /** At least {@code min} times and at most {@code max}, which is {@link #UNLIMITED} for no limit. */
    record Repeat(Syntax part, int min, int max) implements Syntax {
        static final int UNLIMITED = -1;
    }

    /** The beginning or the end of the text. */
    enum Edge implements Syntax {
        BEGIN,
        END
    }

    /** Code points from {@code first} to {@code last}, both included. */
    record Range(int first, int last) {}
}
