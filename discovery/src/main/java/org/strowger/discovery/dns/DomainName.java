package org.strowger.discovery.dns;

import java.util.Locale;

/** The form in which names are asked for and compared: lower case, without the dot at the end. */
final class DomainName {
    private static final int MAX_LENGTH = 253;
    private static final int MAX_LABEL = 63;

    private DomainName() {}

    static String canonical(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    /**
     * True for a canonical name of letters, digits, hyphens and underscores that fits into a question (RFC 1035 section
     * 2.3.4). Internationalised names come in their ASCII form (RFC 5890).
     */
    static boolean isValid(String name) {
        if (name.isEmpty() || name.length() > MAX_LENGTH) {
            return false;
        }
        int label = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '.') {
                if (label == 0) {
                    return false;
                }
                label = 0;
            } else if (!isLabelCharacter(c) || ++label > MAX_LABEL) {
                return false;
            }
        }
        return label > 0;
    }

    static boolean isLabelCharacter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }
}
