package org.strowger.health.probe;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.ConnectException;
import java.net.PortUnreachableException;
import java.util.random.RandomGenerator;
import org.strowger.discovery.Backend;
import org.strowger.threading.RunsOn;

/**
 * OPTIONS over UDP, from a connected socket: the kernel takes datagrams from that backend alone, and an ICMP port
 * unreachable comes as an error of the socket, on any operating system. The next question after one that failed leaves by
 * a new socket, in case the way to the backend, and with it our address, has changed.
 */
@RunsOn(RunsOn.Runner.CONTROL)
final class UdpOptionsProbe implements Probe, ProbeChannel.User {
    private final ProbeChannel channel;
    private final OptionsQuestion question;
    private final ProbeSink sink;

    UdpOptionsProbe(
            Backend backend, ProbeSockets sockets, OptionsMessages messages, RandomGenerator random, ProbeSink sink) {
        this.channel = new ProbeChannel(sockets::datagram, ProbeFront.NONE, backend.address(), this);
        this.question = new OptionsQuestion(backend, messages, random, sink);
        this.sink = sink;
    }

    @Override
    public void begin() {
        question.begin();
        if (channel.isOpen()) {
            channel.send(question.bytes());
        } else {
            channel.open();
        }
    }

    @Override
    public void equip(Channel fresh) {
        fresh.pipeline().addLast(new Answers());
    }

    @Override
    public void opened(Channel open) {
        question.from(open);
        channel.send(question.bytes());
    }

    @Override
    public boolean mayBeLost() {
        return true;
    }

    @Override
    public void repeat() {
        channel.send(question.bytes());
    }

    /** Only the backend's host can say that nobody listens; any other trouble may pass before the question is repeated. */
    @Override
    public boolean isEnd(Throwable cause) {
        boolean end = question.isAsking() && isUnreachable(cause);
        if (question.isAsking() && !end) {
            question.noise(Causes.shown(cause));
        }
        return end;
    }

    private static boolean isUnreachable(Throwable cause) {
        return cause instanceof PortUnreachableException || cause instanceof ConnectException;
    }

    @Override
    public void ended(Throwable cause) {
        if (!question.end()) {
            return;
        }
        if (isUnreachable(cause)) {
            sink.refused("ICMP port unreachable");
        } else {
            sink.failed(Causes.shown(cause));
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

    /** Takes the datagrams of one socket. */
    @RunsOn(RunsOn.Runner.CONTROL)
    private final class Answers extends SimpleChannelInboundHandler<DatagramPacket> {

        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            if (channel.isCurrent(context.channel())) {
                question.heard(ByteBufUtil.getBytes(packet.content()));
            }
        }
    }
}
