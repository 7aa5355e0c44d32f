package org.strowger.proxy.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How the live table is printed. */
public enum TableStyle {
    /** Drawn over itself with ANSI escapes, for a terminal. */
    REDRAWN,
    /** One line a second, for a file or a pipe. */
    LINES;

    /** Redrawn when standard output is a terminal that is not dumb; where there is no /proc to tell, lines. */
    public static TableStyle detect() {
        String terminal = System.getenv().getOrDefault("TERM", "dumb");
        return !terminal.equals("dumb") && isTerminal() ? REDRAWN : LINES;
    }

    private static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
