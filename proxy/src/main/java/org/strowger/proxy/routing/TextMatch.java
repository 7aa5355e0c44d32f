package org.strowger.proxy.routing;

import org.strowger.proxy.routing.pattern.PatternSet;

/** How a text condition compares. */
public sealed interface TextMatch {

    /** The whole text, exactly. */
    record Exact(String text) implements TextMatch {}

    /** An RE2 regular expression that occurs in the text. */
    record Matches(String pattern) implements TextMatch {
        public Matches {
            PatternSet.problem(pattern).ifPresent(problem -> {
                throw new IllegalArgumentException("pattern: " + problem + " (expected: RE2 syntax)");
            });
        }
    }

    /** As rules are written: a text, or a regular expression between slashes. */
    static TextMatch of(String text) {
        boolean pattern = text.length() > 1 && text.startsWith("/") && text.endsWith("/");
        return pattern ? new Matches(text.substring(1, text.length() - 1)) : new Exact(text);
    }
}
