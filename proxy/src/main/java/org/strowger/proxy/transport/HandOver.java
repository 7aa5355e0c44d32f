package org.strowger.proxy.transport;

import java.util.ArrayList;
import java.util.List;
import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/**
 * Sends from one event loop to the others what only they may do: write on a flow they own, handle a datagram that
 * belongs to them. All that goes to one loop during a turn travels as one batch with one wake-up; order is kept between
 * any two loops. Bytes on the way to a loop are bounded: when it falls behind, messages are dropped and counted.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class HandOver {
    private static final IpPort NO_ADDRESS = new IpPort();

    private final Flows flows;
    private final HandOverHandler handler;
    private final List<HandOverOutbox> outboxes = new ArrayList<>();
    private boolean flushScheduled;

    /** What is handed over. */
    enum Kind {
        /** A message to send on the flow whose id is the key. */
        FLOW_SEND,
        /** A datagram received on the port whose number is the key. */
        DATAGRAM,
        /** A datagram to send on the backends' port of the receiving loop. */
        DATAGRAM_SEND
    }

    private HandOver(Flows flows, HandOverHandler handler) {
        this.flows = flows;
        this.handler = handler;
    }

    /**
     * One for each loop, knowing all others; call before traffic starts. Lists are in the order of the loops.
     *
     * @param maxBytes bytes that may be on the way from one loop to another
     */
    public static List<HandOver> between(List<Flows> flows, List<? extends HandOverHandler> handlers, int maxBytes) {
        StreamOptions.requirePositive("maxBytes", maxBytes);
        List<HandOver> all = new ArrayList<>();
        for (int i = 0; i < flows.size(); i++) {
            all.add(new HandOver(flows.get(i), handlers.get(i)));
        }
        for (HandOver sender : all) {
            for (HandOver receiver : all) {
                sender.outboxes.add(new HandOverOutbox(receiver, maxBytes));
            }
        }
        return List.copyOf(all);
    }

    /** Sends one message on a flow of whichever loop; the caller may reuse the array at once. */
    public void sendOnFlow(long flowId, byte[] bytes, int offset, int length) {
        assert flows.inEventLoop() : "called off the event loop";
        int loop = FlowIds.loop(flowId);
        if (loop == flows.loopNumber() || loop >= outboxes.size()) {
            deliverToFlow(flowId, bytes, offset, offset + length);
        } else {
            taken(outboxes.get(loop).add(Kind.FLOW_SEND, flowId, NO_ADDRESS, bytes, offset, length));
        }
    }

    /** Hands a received datagram to another loop; the caller may reuse array and address at once. */
    public void datagram(int loop, int port, IpPort source, byte[] bytes, int length) {
        assert flows.inEventLoop() : "called off the event loop";
        taken(outboxes.get(loop).add(Kind.DATAGRAM, port, source, bytes, 0, length));
    }

    /** Has another loop send a datagram on its port towards the backends; the caller may reuse array and address at once. */
    public void sendDatagram(int loop, IpPort to, byte[] bytes, int length) {
        assert flows.inEventLoop() : "called off the event loop";
        taken(outboxes.get(loop).add(Kind.DATAGRAM_SEND, 0, to, bytes, 0, length));
    }

    /** How many loops there are. */
    public int loops() {
        return outboxes.size();
    }

    /** Sends the batches off. Happens by itself at the end of the loop's turn. */
    public void flush() {
        flushScheduled = false;
        for (int i = 0; i < outboxes.size(); i++) {
            outboxes.get(i).flush();
        }
    }

    /** On the receiving loop: runs a task that delivers a batch. Called by the sending loop. */
    void execute(Runnable batch) {
        flows.later(batch);
    }

    /** On the receiving loop: one record of a batch. */
    void deliver(Kind kind, long key, IpPort address, byte[] bytes, int from, int to) {
        switch (kind) {
            case FLOW_SEND -> deliverToFlow(key, bytes, from, to);
            case DATAGRAM -> handler.onDatagram((int) key, address, bytes, from, to);
            case DATAGRAM_SEND -> handler.sendDatagram(address, bytes, from, to);
        }
    }

    /** On the receiving loop: the batch is done. */
    void delivered() {
        handler.onHandOverComplete();
        flows.flush();
    }

    private void deliverToFlow(long flowId, byte[] bytes, int from, int to) {
        Flow flow = flows.table().get(flowId);
        if (flow.isOpen()) {
            flow.send(bytes, from, to - from);
        } else {
            handler.onFlowGone(flowId, bytes, from, to);
        }
    }

    private void taken(boolean accepted) {
        if (!accepted) {
            flows.counters().handOverDropped();
        } else if (!flushScheduled) {
            flushScheduled = true;
            flows.later(this::flush);
        }
    }
}
