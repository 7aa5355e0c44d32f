package org.strowger.proxy.control;

import java.util.List;

/** What became of a request to read the file again. */
public sealed interface ReloadOutcome {

    /**
     * The file is in force, as far as it can be while the program runs.
     *
     * @param changes what differed from before; empty when nothing did
     * @param warnings of the file, one {@code file:line: warning: ...} each
     * @param overrides those that ended, because the file says the same now
     */
    record Applied(String file, List<ConfigChange> changes, List<String> warnings, List<String> overrides)
            implements ReloadOutcome {

        public Applied {
            changes = List.copyOf(changes);
            warnings = List.copyOf(warnings);
            overrides = List.copyOf(overrides);
        }

        /** How many changes have to wait for a restart. */
        public long waiting() {
            return changes.stream()
                    .filter(change -> change.effect() == ConfigChange.Effect.NEEDS_RESTART)
                    .count();
        }
    }

    /**
     * Nothing has changed.
     *
     * @param problems all of them, one {@code file:line: ...} each
     */
    record Rejected(String file, List<String> problems) implements ReloadOutcome {

        public Rejected {
            problems = List.copyOf(problems);
        }
    }
}
