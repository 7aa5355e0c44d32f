package org.strowger.health.probe;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import org.jspecify.annotations.Nullable;
import org.strowger.discovery.Backend;
import org.strowger.threading.RunsOn;

/** A TCP connection, reset as soon as it is open: thousands an hour leave no trace in TIME_WAIT on either side. */
@RunsOn(RunsOn.Runner.CONTROL)
final class ConnectProbe implements Probe {
    private final Backend backend;
    private final ProbeSockets sockets;
    private final ProbeSink sink;
    private final String question;
    private @Nullable Channel channel;

    ConnectProbe(Backend backend, ProbeSockets sockets, ProbeSink sink) {
        this.backend = backend;
        this.sockets = sockets;
        this.sink = sink;
        this.question = "connection to " + backend.id();
    }

    @Override
    public void begin() {
        ChannelFuture connecting = sockets.stream(new ChannelInboundHandlerAdapter())
                .option(ChannelOption.SO_LINGER, 0)
                .connect(backend.address());
        Channel opened = connecting.channel();
        channel = opened;
        connecting.addListener(done -> {
            if (opened != channel) {
                return;
            }
            abandon();
            if (done.isSuccess()) {
                sink.succeeded("open");
            } else {
                sink.failed(Causes.shown(done.cause()));
            }
        });
    }

    @Override
    public void repeat() {} // TCP repeats by itself

    @Override
    public void abandon() {
        Channel open = channel;
        channel = null;
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
        return "";
    }

    @Override
    public void close() {
        abandon();
    }
}
