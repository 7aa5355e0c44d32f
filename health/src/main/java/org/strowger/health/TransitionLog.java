package org.strowger.health;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.strowger.threading.RunsOn;

/**
 * The last hundred transitions of one backend or pool. The control loop writes; any thread may read. Whoever wants each as
 * it happens, to log it, gives a listener.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class TransitionLog {
    /** How many are kept. */
    public static final int SIZE = 100;

    private final String owner;
    private final InstantSource clock;
    private final Consumer<Transition> listener;
    private final Deque<Transition> kept = new ArrayDeque<>(SIZE);

    /**
     * @param owner id of the backend, or name of the pool
     * @param clock dates the transitions
     * @param listener is called with each, on the control loop
     */
    public TransitionLog(String owner, InstantSource clock, Consumer<Transition> listener) {
        this.owner = owner;
        this.clock = clock;
        this.listener = listener;
    }

    void add(String before, String after, String cause, String evidence) {
        Transition transition = new Transition(clock.instant(), owner, before + " -> " + after, cause, evidence);
        synchronized (kept) {
            if (kept.size() == SIZE) {
                kept.removeFirst();
            }
            kept.addLast(transition);
        }
        listener.accept(transition);
    }

    /** Oldest first. */
    public List<Transition> transitions() {
        synchronized (kept) {
            return List.copyOf(kept);
        }
    }

    /** The newest. */
    public Optional<Transition> last() {
        synchronized (kept) {
            return Optional.ofNullable(kept.peekLast());
        }
    }
}
