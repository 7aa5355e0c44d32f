package org.strowger.proxy.control;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.strowger.discovery.Backend;

/**
 * A change of one backend in one pool that an operator asks for. What is so already is no change, and no error.
 *
 * <p>With {@code force} it is done even if it takes the pool's last backend for new calls away.
 */
public sealed interface Command {

    /** Name of the pool. */
    String pool();

    /** Id of the backend. */
    String backend();

    /** Whether the pool may be left without a backend for new calls. */
    boolean force();

    /** The verb, as in logs. */
    String verb();

    /**
     * No new dialogs; established ones continue.
     *
     * @param deadline after which it is taken out altogether; zero: at once; empty: never
     */
    record Drain(String pool, String backend, Optional<Duration> deadline, boolean force) implements Command {
        /** More than anybody waits for a call to end. */
        public static final Duration MAX_DEADLINE = Duration.ofDays(7);

        public Drain {
            deadline.ifPresent(limit -> {
                if (limit.isNegative() || limit.compareTo(MAX_DEADLINE) > 0) {
                    throw new IllegalArgumentException("deadline: " + Durations.text(limit) + " (expected: 0s..7d)");
                }
            });
        }

        @Override
        public String verb() {
            return "drain";
        }
    }

    /** Takes part again as its health allows. */
    record Undrain(String pool, String backend) implements Command {
        @Override
        public boolean force() {
            return true;
        }

        @Override
        public String verb() {
            return "undrain";
        }
    }

    /**
     * Another share of new calls.
     *
     * @param weight 0..10000; empty: what the file says
     */
    record SetWeight(String pool, String backend, OptionalInt weight, boolean force) implements Command {

        public SetWeight {
            if (weight.isPresent() && (weight.getAsInt() < 0 || weight.getAsInt() > 10_000)) {
                throw new IllegalArgumentException("weight: " + weight.getAsInt() + " (expected: 0..10000)");
            }
        }

        @Override
        public String verb() {
            return "weight";
        }
    }

    /**
     * One more member, or one that was removed comes back.
     *
     * @param isWeighed whether the weight of {@code member} was asked for; if not, one that is known keeps its own
     */
    record Add(String pool, Backend member, boolean isWeighed) implements Command {

        public Add(String pool, Backend member) {
            this(pool, member, true);
        }

        @Override
        public String backend() {
            return member.id();
        }

        @Override
        public boolean force() {
            return true;
        }

        @Override
        public String verb() {
            return "add";
        }
    }

    /** No member any more, whatever the file says; its dialogs continue for a while. */
    record Remove(String pool, String backend, boolean force) implements Command {
        @Override
        public String verb() {
            return "remove";
        }
    }
}
