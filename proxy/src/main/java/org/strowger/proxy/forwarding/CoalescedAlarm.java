package org.strowger.proxy.forwarding;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.strowger.proxy.routing.Target;
import org.strowger.threading.RunsOn;

/** Passes alarms on to an executor, one pending task for each backend at most. */
@RunsOn(RunsOn.Runner.ANY)
public final class CoalescedAlarm implements BackendAlarm {
    private final Executor control;
    private final Consumer<String> look;
    private final ConcurrentHashMap<String, AtomicBoolean> pending = new ConcurrentHashMap<>();

    /** @param look is given the backend's id, on {@code control} */
    public CoalescedAlarm(Executor control, Consumer<String> look) {
        this.control = control;
        this.look = look;
    }

    @Override
    public void raise(Target backend) {
        String id = backend.backend().id();
        AtomicBoolean mine = pending.get(id);
        if (mine == null) {
            mine = pending.computeIfAbsent(id, unused -> new AtomicBoolean());
        }
        if (mine.compareAndSet(false, true)) {
            AtomicBoolean raised = mine;
            control.execute(() -> {
                // Before the look: what happens during it raises another one.
                raised.set(false);
                look.accept(id);
            });
        }
    }
}
