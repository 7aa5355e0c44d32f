package org.strowger.proxy.config;

import com.google.re2j.Pattern;

/** What a text is compared with. */
public sealed interface TextMatch {

    /** The text as it stands; the rule's key decides about letter case (RFC 3261 section 19.1.4). */
    record Exact(String text) implements TextMatch {}

    /** A regular expression that must be found somewhere in the text; linear in the length of the text (RE2). */
    record Regex(Pattern pattern) implements TextMatch {}
}
