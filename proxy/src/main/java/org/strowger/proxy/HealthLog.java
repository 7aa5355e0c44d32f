package org.strowger.proxy;

import org.slf4j.Logger;
import org.strowger.health.Transition;

/** Logs transitions: WARN when something got worse, INFO when it got better. */
final class HealthLog {

    private HealthLog() {}

    static void write(Logger log, String pool, Transition transition) {
        String line = line(pool, transition);
        if (isWorse(transition)) {
            log.warn("{}", line);
        } else {
            log.info("{}", line);
        }
    }

    /** Begins with the pool and its backend, or the pool alone if it is the pool's: a backend may be a member of several. */
    static String line(String pool, Transition transition) {
        String whose = transition.backend().equals(pool) ? pool : pool + " " + transition.backend();
        return whose + ": " + transition.sentence();
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
