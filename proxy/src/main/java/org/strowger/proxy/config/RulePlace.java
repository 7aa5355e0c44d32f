package org.strowger.proxy.config;

/**
 * Where a rule was written.
 *
 * @param file as the operator named it; empty when it was not read from a file
 * @param line 1 or more
 */
public record RulePlace(String file, int line) {
    /** Of a rule that no file holds. */
    public static final RulePlace NOWHERE = new RulePlace("", 1);

    /** {@code file:line}, or nothing. */
    @Override
    public String toString() {
        return file.isEmpty() ? "" : file + ":" + line;
    }
}
