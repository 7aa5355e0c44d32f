package org.strowger.health.probe;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.CorruptedFrameException;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.strowger.discovery.Backend;
import org.strowger.sip.stream.FrameFailure;
import org.strowger.sip.stream.FrameLimits;
import org.strowger.sip.stream.SipFramer;
import org.strowger.threading.RunsOn;

/**
 * OPTIONS over TCP, and whatever runs on it, on a connection that stays, so that its end tells of the backend's at once. A
 * question that meets the end of a connection which was open before it is put again on a new one: servers close what is idle.
 */
@RunsOn(RunsOn.Runner.CONTROL)
final class StreamOptionsProbe implements Probe, ProbeChannel.User {
    private static final int MAX_BYTES = 16_384;
    private static final byte[] PONG = {'\r', '\n'};

    private final ProbeChannel channel;
    private final ProbeFront front;
    private final byte[] scratch;
    private final OptionsQuestion question;
    private final ProbeSink sink;
    private boolean reused;

    StreamOptionsProbe(
            Backend backend,
            ProbeFront front,
            ProbeSockets sockets,
            OptionsMessages messages,
            RandomGenerator random,
            ProbeSink sink) {
        this.channel = new ProbeChannel(sockets::stream, front, backend.address(), this);
        this.front = front;
        this.scratch = messages.scratch();
        this.question = new OptionsQuestion(backend, messages, random, sink);
        this.sink = sink;
    }

    @Override
    public void begin() {
        question.begin();
        reused = channel.isOpen();
        if (reused) {
            channel.send(question.bytes());
        } else {
            channel.open();
        }
    }

    @Override
    public void equip(Channel fresh) {
        fresh.pipeline().addLast(front.framing(new FrameLimits(MAX_BYTES, MAX_BYTES), scratch, new Answers(fresh)));
    }

    @Override
    public void opened(Channel open) {
        question.from(open);
        channel.send(question.bytes());
    }

    @Override
    public void ended(Throwable cause) {
        if (!question.isAsking()) {
            sink.disturbed();
        } else if (reused) {
            reused = false;
            channel.open();
        } else {
            question.end();
            Causes.tell(sink, cause);
        }
    }

    @Override
    public void abandon() {
        question.end();
        channel.close();
    }

    @Override
    public String question() {
        return question.text();
    }

    @Override
    public String noise() {
        return question.noise();
    }

    /** Takes the messages of one connection. */
    @RunsOn(RunsOn.Runner.CONTROL)
    private final class Answers implements SipFramer.Sink {
        private final Channel connection;

        Answers(Channel connection) {
            this.connection = connection;
        }

        @Override
        public void message(byte[] bytes, int from, int to) {
            if (channel.isCurrent(connection)) {
                question.heard(Arrays.copyOfRange(bytes, from, to));
            }
        }

        @Override
        public void ping() {
            var unused = connection.writeAndFlush(Unpooled.wrappedBuffer(PONG));
        }

        @Override
        public void pong() {}

        @Override
        public void broken(FrameFailure why, byte[] bytes, int from, int to) {
            channel.end(connection, new CorruptedFrameException("what came is not SIP: " + why));
        }
    }
}
