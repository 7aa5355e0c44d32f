package org.strowger.proxy;

import java.util.Arrays;
import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.metrics.LoopCounters;
import org.strowger.proxy.websocket.HandshakeRefusal;
import org.strowger.proxy.websocket.WebSocketCounters;
import org.strowger.sip.websocket.FrameViolation;
import org.strowger.threading.RunsOn;

/** Counts what happens on the WebSocket connections of one event loop, in that loop's own counters. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class WebSocketTotals implements WebSocketCounters {
    /** By refusal. */
    private static final Counter[] REFUSED = Arrays.stream(HandshakeRefusal.values())
            .map(refusal -> Counter.valueOf("WEBSOCKET_REFUSED_" + refusal.name()))
            .toArray(Counter[]::new);
    /** By violation. */
    private static final Counter[] VIOLATIONS = Arrays.stream(FrameViolation.values())
            .map(violation -> Counter.valueOf("WEBSOCKET_VIOLATION_" + violation.name()))
            .toArray(Counter[]::new);

    private final LoopCounters counters;

    WebSocketTotals(LoopCounters counters) {
        this.counters = counters;
    }

    @Override
    public void opened() {
        counters.increment(Counter.WEBSOCKET_OPENED);
    }

    @Override
    public void closed() {
        counters.increment(Counter.WEBSOCKET_CLOSED);
    }

    @Override
    public void refused(HandshakeRefusal refusal) {
        counters.increment(REFUSED[refusal.ordinal()]);
    }

    @Override
    public void violated(FrameViolation violation) {
        counters.increment(VIOLATIONS[violation.ordinal()]);
    }

    @Override
    public void pinged() {
        counters.increment(Counter.WEBSOCKET_PING_ANSWERED);
    }

    @Override
    public void ponged() {
        counters.increment(Counter.WEBSOCKET_PONG_RECEIVED);
    }
}
