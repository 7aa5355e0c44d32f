package org.strowger.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.strowger.sip.stream.FrameLimits;
import org.strowger.threading.RunsOn;

/** SIP's framer behind the interface of the flows. */
final class SipFramingTest {
    private static final String MESSAGE = "OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 3\r\n\r\nabc";

    private final SipFraming framing = new SipFraming(new FrameLimits(200, 300));
    private final Heard heard = new Heard();

    /** Keeps what the framing reports. */
    @RunsOn(RunsOn.Runner.EVENT_LOOP)
    private static final class Heard implements StreamFraming.Sink {
        final List<String> events = new ArrayList<>();

        @Override
        public void message(byte[] bytes, int from, int to) {
            events.add(Recorder.text(bytes, from, to));
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
        public void broken(FramingFailure failure, byte[] head, int from, int to) {
            events.add(failure + " " + Recorder.text(head, from, to).lines().count());
        }
    }

    private void feed(String text) {
        byte[] bytes = Recorder.bytes(text);
        framing.feed(bytes, 0, bytes.length, heard);
    }

    @Test
    void messagesAreCutWhereverTheReadsAre() {
        feed(MESSAGE + MESSAGE.substring(0, 30));
        feed(MESSAGE.substring(30) + MESSAGE);
        assertThat(heard.events).containsExactly(MESSAGE, MESSAGE, MESSAGE);
    }

    @Test
    void aDoubleCrlfEndsAsAPing() {
        feed("\r\n\r\n");
        assertThat(heard.events).endsWith("ping");
    }

    @Test
    void aBreakIsToldOnceWithItsHead() {
        feed("OPTIONS sip:a@b SIP/2.0\r\nTo: x\r\n\r\n");
        feed(MESSAGE);
        assertThat(heard.events).containsExactly("NO_CONTENT_LENGTH 3");
    }

    @Test
    void limitsAreTold() {
        feed("OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 300\r\n\r\n");
        assertThat(heard.events).containsExactly("MESSAGE_TOO_LONG 3");
    }

    @Test
    void whatIsNotSipIsTold() {
        feed("GET / HTTP/1.1\r\n\r\n");
        assertThat(heard.events).containsExactly("NOT_SIP 0");
    }
}
