package org.strowger.proxy.config;

import org.strowger.threading.RunsOn;

/** Reads {@code limits} of a pool or of a backend. */
@RunsOn(RunsOn.Runner.CONTROL)
final class LimitsReader {
    private LimitsReader() {}

    /** @param otherwise what holds where a key is not written */
    static LimitsConfig read(Section owner, LimitsConfig otherwise) {
        Section section = owner.section("limits");
        section.refuseUnknownKeys();
        return new LimitsConfig(
                section.find("calls", Syntax.integer(1, 1_000_000).orWord("off", 0))
                        .orElse(otherwise.calls()),
                section.find("calls-per-second", Syntax.integer(1, 100_000).orWord("off", 0))
                        .orElse(otherwise.callsPerSecond()));
    }
}
