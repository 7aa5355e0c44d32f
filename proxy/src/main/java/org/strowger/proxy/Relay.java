package org.strowger.proxy;

import org.jspecify.annotations.Nullable;
import org.strowger.proxy.transport.CloseReason;
import org.strowger.proxy.transport.Flow;
import org.strowger.proxy.transport.FramingFailure;
import org.strowger.proxy.transport.StreamHandler;
import org.strowger.proxy.transport.UndeliveredReason;
import org.strowger.threading.RunsOn;

/** Lets flows be made before the {@link SipLoop} that hears of them, which in turn needs the flows to send on. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class Relay implements StreamHandler {
    private @Nullable StreamHandler receiver;

    /** Before the first flow is opened. */
    void to(StreamHandler handler) {
        receiver = handler;
    }

    private StreamHandler receiver() {
        StreamHandler handler = receiver;
        if (handler == null) {
            throw new IllegalStateException("a flow was opened before its loop was complete");
        }
        return handler;
    }

    @Override
    public void onMessage(Flow flow, byte[] bytes, int from, int to) {
        receiver().onMessage(flow, bytes, from, to);
    }

    @Override
    public void onBroken(Flow flow, FramingFailure failure, byte[] head, int from, int to) {
        receiver().onBroken(flow, failure, head, from, to);
    }

    @Override
    public void onUndelivered(Flow flow, byte[] bytes, int from, int to, UndeliveredReason reason) {
        receiver().onUndelivered(flow, bytes, from, to, reason);
    }

    @Override
    public void onInvite(Flow flow, byte[] bytes, int from, int to) {
        receiver().onInvite(flow, bytes, from, to);
    }

    @Override
    public void onClosed(Flow flow, CloseReason reason) {
        receiver().onClosed(flow, reason);
    }

    @Override
    public void onReadComplete() {
        receiver().onReadComplete();
    }
}
