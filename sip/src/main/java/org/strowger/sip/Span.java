package org.strowger.sip;

import org.strowger.threading.RunsOn;

/** A part of a message, {@code [start, end)} in the message's array; {@code start} is -1 when the part is absent. Reused. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class Span {
    int start = -1;
    int end = -1;

    public int start() {
        return start;
    }

    public int end() {
        return end;
    }

    public int length() {
        return end - start;
    }

    public boolean isPresent() {
        return start >= 0;
    }

    void set(int from, int to) {
        start = from;
        end = to;
    }

    void clear() {
        start = -1;
        end = -1;
    }
}
