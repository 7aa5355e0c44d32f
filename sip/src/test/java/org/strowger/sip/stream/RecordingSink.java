package org.strowger.sip.stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;

/** Keeps what a framer finds, as text, in order. */
final class RecordingSink implements SipFramer.Sink {
    final List<String> events = new ArrayList<>();

    @Override
    public void message(byte[] bytes, int from, int to) {
        events.add("message " + new String(bytes, from, to - from, ISO_8859_1));
    }

    @Override
    public void ping() {
        events.add("ping");
    }

    @Override
    public void pong() {
        events.add("pong");
    }

    @Override
    public void broken(FrameFailure why, byte[] bytes, int from, int to) {
        events.add("broken " + why + " " + new String(bytes, from, to - from, ISO_8859_1));
    }
}
