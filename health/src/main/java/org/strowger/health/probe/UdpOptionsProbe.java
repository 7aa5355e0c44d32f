package org.strowger.health.probe;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.text.ParseException;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.strowger.discovery.Backend;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/**
 * OPTIONS over UDP, from a connected socket: the kernel takes datagrams from that backend alone, and an ICMP port
 * unreachable comes as an error of the socket, on any operating system. The next question after one that failed leaves by
 * a new socket, in case the way to the backend, and with it our address, has changed.
 */
@RunsOn(RunsOn.Runner.CONTROL)
final class UdpOptionsProbe extends SimpleChannelInboundHandler<DatagramPacket> implements Probe {
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
    private String noise = "";

    UdpOptionsProbe(
            Backend backend, ProbeSockets sockets, OptionsMessages messages, RandomGenerator random, ProbeSink sink) {
        this.backend = backend;
        this.sockets = sockets;
        this.messages = messages;
        this.random = random;
        this.sink = sink;
        this.question = "OPTIONS to " + backend.id();
    }

    @Override
    public boolean isSharable() {
        return true; // one channel after the other, all of this backend
    }

    @Override
    public void begin() {
        asking = true;
        noise = "";
        token = random.nextLong();
        if (channel != null) {
            send();
            return;
        }
        ChannelFuture connecting = sockets.datagram(this).connect(backend.address());
        Channel opened = connecting.channel();
        channel = opened;
        connecting.addListener(done -> {
            if (opened != channel) {
                return;
            }
            if (!done.isSuccess()) {
                end(String.valueOf(done.cause().getMessage()));
                return;
            }
            request = messages.template(Transport.UDP, (InetSocketAddress) opened.localAddress(), backend.address());
            places = OptionsMessages.places(request);
            if (asking) {
                send();
            }
        });
    }

    @Override
    public void repeat() {
        if (request.length > 0) {
            send();
        }
    }

    private void send() {
        Channel open = channel;
        if (open == null) {
            return;
        }
        OptionsMessages.stamp(request, places, token);
        ByteBuf bytes = open.alloc().directBuffer(request.length).writeBytes(request);
        open.writeAndFlush(bytes).addListener(sent -> {
            if (!sent.isSuccess() && open == channel) {
                broken(sent.cause());
            }
        });
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
        if (!asking || context.channel() != channel) {
            return;
        }
        try {
            Optional<ProbeAnswer> answer = messages.read(ByteBufUtil.getBytes(packet.content()), token);
            if (answer.isPresent()) {
                asking = false;
                sink.answered(answer.get());
            }
        } catch (ParseException e) {
            noise = "what came is not SIP: " + ProbeAnswer.shown(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (context.channel() == channel) {
            broken(cause);
        }
    }

    /** Only the backend's host can say that nobody listens; any other trouble may pass before the question is repeated. */
    private void broken(Throwable cause) {
        if (!asking) {
            return;
        }
        if (cause instanceof PortUnreachableException || cause instanceof ConnectException) {
            abandon();
            sink.refused("ICMP port unreachable");
        } else {
            noise = ProbeAnswer.shown(String.valueOf(cause.getMessage()));
        }
    }

    private void end(String what) {
        boolean wasAsking = asking;
        abandon();
        if (wasAsking) {
            sink.failed(what);
        }
    }

    @Override
    public void abandon() {
        asking = false;
        Channel open = channel;
        channel = null;
        request = new byte[0];
        if (open != null) {
            var unused = open.close();
        }
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
}
