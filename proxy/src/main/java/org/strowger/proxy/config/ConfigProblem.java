package org.strowger.proxy.config;

/**
 * One thing that is wrong with a file.
 *
 * @param file the file that the value was written in, which may be an included one
 * @param line 1 or more
 * @param path of the key, for example {@code pools.media.backends[0].weight}; empty for the file as a whole
 * @param value as written, shortened; never that of a secret
 * @param message what was expected instead
 * @param severity whether the file can be used all the same
 */
public record ConfigProblem(String file, int line, String path, String value, String message, Severity severity) {

    public ConfigProblem {
        if (line < 1) {
            throw new IllegalArgumentException("line: " + line + " (expected: 1 or more)");
        }
    }

    /** {@code file:line: path: value (expected: ...)}, with {@code warning:} after the line for one. */
    @Override
    public String toString() {
        return file + ":" + line + ": " + (severity == Severity.WARNING ? "warning: " : "")
                + (path.isEmpty() ? "" : path + ": ") + value + " (" + message + ")";
    }
}
