package org.strowger.proxy.transport;

import org.jspecify.annotations.Nullable;
import org.strowger.sip.stream.FrameFailure;
import org.strowger.sip.stream.FrameLimits;
import org.strowger.sip.stream.SipFramer;
import org.strowger.threading.RunsOn;

/** SIP's framing of one connection. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class SipFraming implements StreamFraming, SipFramer.Sink {
    private final SipFramer framer;
    private @Nullable Sink sink;

    public SipFraming(FrameLimits limits) {
        framer = new SipFramer(limits);
    }

    @Override
    public void feed(byte[] bytes, int from, int to, Sink receiver) {
        sink = receiver;
        framer.feed(bytes, from, to, this);
        sink = null;
    }

    @Override
    public void message(byte[] bytes, int from, int to) {
        if (sink != null) {
            sink.message(bytes, from, to);
        }
    }

    @Override
    public void ping() {
        if (sink != null) {
            sink.ping();
        }
    }

    @Override
    public void pong() {
        if (sink != null) {
            sink.pong();
        }
    }

    @Override
    public void broken(FrameFailure why, byte[] bytes, int from, int to) {
        if (sink != null) {
            sink.broken(failure(why), bytes, from, to);
        }
    }

    private static FramingFailure failure(FrameFailure why) {
        return switch (why) {
            case NONE, NOT_SIP -> FramingFailure.NOT_SIP;
            case BAD_LINE_END -> FramingFailure.BAD_LINE_END;
            case HEADERS_TOO_LARGE -> FramingFailure.HEAD_TOO_LONG;
            case NO_CONTENT_LENGTH -> FramingFailure.NO_CONTENT_LENGTH;
            case BAD_CONTENT_LENGTH -> FramingFailure.BAD_CONTENT_LENGTH;
            case MESSAGE_TOO_LARGE -> FramingFailure.MESSAGE_TOO_LONG;
        };
    }
}
