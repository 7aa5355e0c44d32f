package org.strowger.proxy.config;

import java.util.List;

/** What became of a file. */
public sealed interface ConfigResult {

    /** A file that can be used. */
    record Loaded(StrowgerConfig config, List<ConfigProblem> warnings) implements ConfigResult {

        public Loaded {
            warnings = List.copyOf(warnings);
        }
    }

    /** A file that cannot: all that is wrong with it, warnings too, in the order of its lines. */
    record Rejected(List<ConfigProblem> problems) implements ConfigResult {

        public Rejected {
            problems = List.copyOf(problems);
        }
    }
}
