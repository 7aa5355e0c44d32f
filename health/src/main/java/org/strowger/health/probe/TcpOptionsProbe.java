package org.strowger.health.probe;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.net.InetSocketAddress;
import java.text.ParseException;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.strowger.discovery.Backend;
import org.strowger.sip.Transport;
import org.strowger.sip.stream.FrameFailure;
import org.strowger.sip.stream.FrameLimits;
import org.strowger.sip.stream.SipFrameDecoder;
import org.strowger.sip.stream.SipFramer;
import org.strowger.threading.RunsOn;

/**
 * OPTIONS over TCP on a connection that stays, so that its end tells of the backend's at once. A question that meets the
 * end of a connection which was open before it is put again on a new one: servers close what is idle.
 */
@RunsOn(RunsOn.Runner.CONTROL)
final class TcpOptionsProbe implements Probe {
    private static final int MAX_BYTES = 16_384;
    private static final byte[] PONG = {'\r', '\n'};

    private final Backend backend;
    private final ProbeSockets sockets;
    private final OptionsMessages messages;
    private final RandomGenerator random;
    private final ProbeSink sink;
    private final String question;

    private @Nullable Channel channel;
    private byte[] request = new byte[0];
    private int[] places = new int[0];
    private long token;
    private boolean asking;
    private boolean reused;
    private String noise = "";

    TcpOptionsProbe(
            Backend backend, ProbeSockets sockets, OptionsMessages messages, RandomGenerator random, ProbeSink sink) {
        this.backend = backend;
        this.sockets = sockets;
        this.messages = messages;
        this.random = random;
        this.sink = sink;
        this.question = "OPTIONS to " + backend.id();
    }

    @Override
    public void begin() {
        asking = true;
        noise = "";
        token = random.nextLong();
        reused = channel != null;
        if (reused) {
            send();
        } else {
            connect();
        }
    }

    private void connect() {
        ChannelFuture connecting = sockets.stream(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel fresh) {
                        fresh.pipeline()
                                .addLast(new SipFrameDecoder(
                                        new FrameLimits(MAX_BYTES, MAX_BYTES), messages.scratch(), new Answers(fresh)))
                                .addLast(new Ends());
                    }
                })
                .connect(backend.address());
        Channel opened = connecting.channel();
        channel = opened;
        connecting.addListener(done -> {
            if (opened != channel) {
                return;
            }
            if (!done.isSuccess()) {
                unconnected(opened, done.cause());
                return;
            }
            request = messages.template(Transport.TCP, (InetSocketAddress) opened.localAddress(), backend.address());
            places = OptionsMessages.places(request);
            if (asking) {
                send();
            }
        });
    }

    private void send() {
        Channel open = channel;
        if (open == null) {
            return;
        }
        OptionsMessages.stamp(request, places, token);
        ByteBuf bytes = open.alloc().directBuffer(request.length).writeBytes(request);
        open.writeAndFlush(bytes).addListener(sent -> {
            if (!sent.isSuccess()) {
                ended(open, Causes.shown(sent.cause()));
            }
        });
    }

    @Override
    public void repeat() {} // TCP repeats by itself

    private void ended(Channel gone, String what) {
        if (gone != channel) {
            return;
        }
        drop();
        if (!asking) {
            sink.disturbed();
        } else if (reused) {
            reused = false;
            connect();
        } else {
            asking = false;
            sink.failed(what);
        }
    }

    private void unconnected(Channel gone, Throwable cause) {
        if (asking && Causes.isRefusal(cause)) {
            drop();
            asking = false;
            sink.refused(Causes.shown(cause));
        } else {
            ended(gone, Causes.shown(cause));
        }
    }

    private void drop() {
        Channel open = channel;
        channel = null;
        if (open != null) {
            var unused = open.close();
        }
    }

    @Override
    public void abandon() {
        asking = false;
        drop();
    }

    @Override
    public String question() {
        return question;
    }

    @Override
    public String noise() {
        return noise;
    }

    @Override
    public void close() {
        abandon();
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
            if (connection == channel && asking) {
                read(Arrays.copyOfRange(bytes, from, to));
            }
        }

        private void read(byte[] message) {
            try {
                Optional<ProbeAnswer> answer = messages.read(message, token);
                if (answer.isPresent()) {
                    asking = false;
                    sink.answered(answer.get());
                }
            } catch (ParseException e) {
                noise = "what came is not SIP: " + ProbeAnswer.shown(String.valueOf(e.getMessage()));
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
            ended(connection, "what came is not SIP: " + why);
        }
    }

    /** Sees a connection end. */
    @RunsOn(RunsOn.Runner.CONTROL)
    private final class Ends extends ChannelInboundHandlerAdapter {

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            ended(context.channel(), "connection closed");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            ended(context.channel(), Causes.shown(cause));
        }
    }
}
