package org.strowger.health.probe;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.text.ParseException;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.strowger.discovery.Backend;
import org.strowger.threading.RunsOn;

/** OPTIONS to one backend, whatever it travels on: the request, made once for each socket, and whether an answer is awaited. */
@RunsOn(RunsOn.Runner.CONTROL)
final class OptionsQuestion {
    private final Backend backend;
    private final OptionsMessages messages;
    private final RandomGenerator random;
    private final ProbeSink sink;
    private final String text;

    private byte[] request = new byte[0];
    private int[] places = new int[0];
    private long token;
    private boolean asking;
    private String noise = "";

    OptionsQuestion(Backend backend, OptionsMessages messages, RandomGenerator random, ProbeSink sink) {
        this.backend = backend;
        this.messages = messages;
        this.random = random;
        this.sink = sink;
        this.text = "OPTIONS to " + backend.id();
    }

    /** A new question, which no answer to an earlier one answers. */
    void begin() {
        asking = true;
        noise = "";
        token = random.nextLong();
    }

    boolean isAsking() {
        return asking;
    }

    /** Nothing is asked any more. Returns whether an answer was awaited. */
    boolean end() {
        boolean was = asking;
        asking = false;
        return was;
    }

    /** From now on it is asked from that socket. */
    void from(Channel open) {
        request = messages.template(backend.transport(), (InetSocketAddress) open.localAddress(), backend.address());
        places = OptionsMessages.places(request);
    }

    /** The request, in a buffer of the caller's. */
    ByteBuf bytes() {
        OptionsMessages.stamp(request, places, token);
        return ByteBufAllocator.DEFAULT.directBuffer(request.length).writeBytes(request);
    }

    /** A message came, which may be the answer. */
    void heard(byte[] message) {
        if (!asking) {
            return;
        }
        try {
            Optional<ProbeAnswer> answer = messages.read(message, token);
            if (answer.isPresent()) {
                asking = false;
                sink.answered(answer.get());
            }
        } catch (ParseException e) {
            noise("what came is not SIP: " + ProbeAnswer.shown(String.valueOf(e.getMessage())));
        }
    }

    void noise(String what) {
        noise = what;
    }

    String noise() {
        return noise;
    }

    /** For people. */
    String text() {
        return text;
    }
}
