package org.strowger.proxy.control;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.threading.RunsOn;

/** The audit log: one line for each change in the log of the program, and the last {@value #KEPT} for those who ask. */
@RunsOn(RunsOn.Runner.CONTROL)
final class EventLog {
    private static final Logger AUDIT = LoggerFactory.getLogger("org.strowger.audit");
    private static final int KEPT = 200;

    private final Clock clock;
    private final Deque<ControlEvent> events = new ArrayDeque<>();

    EventLog(Clock clock) {
        this.clock = clock;
    }

    void add(String kind, Caller by, String text) {
        AUDIT.info("{}: {} (by {}, from {})", kind, text, by.who(), by.from());
        events.addLast(new ControlEvent(clock.instant(), kind, by, text));
        if (events.size() > KEPT) {
            events.removeFirst();
        }
    }

    /** The oldest first. */
    List<ControlEvent> list() {
        return List.copyOf(events);
    }
}
