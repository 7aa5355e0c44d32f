package org.strowger.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Two phones in a headless Chromium, one of JsSIP and one of SIP.js, that register and call each other: e2e/browser. */
final class BrowserPhones {
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private BrowserPhones() {}

    /** The folder of the scripts; ends the test where Chromium, node or the packages are missing. */
    static Path scripts() {
        Tool.CHROMIUM.path();
        Tool.NODE.path();
        Path folder = RunDirectory.project().resolve("e2e/browser");
        if (!Files.isDirectory(folder.resolve("node_modules"))) {
            throw Tool.missing("the packages of e2e/browser are not installed (cd e2e/browser && npm ci)");
        }
        return folder;
    }

    /**
     * Makes the calls.
     *
     * @param server a {@code ws:} or {@code wss:} URL
     */
    static void call(Path directory, String server) {
        Path scripts = scripts();
        try (OsProcess process = OsProcess.start(
                directory,
                "browser",
                List.of(Tool.NODE.path(), scripts.resolve("calls.mjs").toString(), Tool.CHROMIUM.path(), server))) {
            int status = process.join(PATIENCE);
            if (status != 0 || process.count("all calls made") != 1 || process.count("(?m)^call \\d") != 4) {
                throw new AssertionError("the browser ended with status " + status + "\n" + process.output());
            }
        }
    }
}
