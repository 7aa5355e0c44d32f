package org.strowger.proxy;

import org.slf4j.Logger;
import org.strowger.health.Transition;

/** Logs transitions: WARN when something got worse, INFO when it got better. */
final class HealthLog {

    private HealthLog() {}

    static void write(Logger log, Transition transition) {
        if (isWorse(transition)) {
            log.warn("{}: {}", transition.backend(), transition.sentence());
        } else {
            log.info("{}: {}", transition.backend(), transition.sentence());
        }
    }

    private static boolean isWorse(Transition transition) {
        String what = transition.what();
        String after = what.substring(what.lastIndexOf(' ') + 1);
        return switch (after) {
            case "down", "ejected", "panic" -> true;
            default -> what.startsWith(after + " ->"); // what should have happened and did not
        };
    }
}
