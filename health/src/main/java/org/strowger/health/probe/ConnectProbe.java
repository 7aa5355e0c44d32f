package org.strowger.health.probe;

import io.netty.channel.Channel;
import org.strowger.discovery.Backend;
import org.strowger.threading.RunsOn;

/**
 * A connection, with the handshakes of its front, reset as soon as it is open: thousands an hour leave no trace in TIME_WAIT
 * on either side.
 */
@RunsOn(RunsOn.Runner.CONTROL)
final class ConnectProbe implements Probe, ProbeChannel.User {
    private final ProbeChannel channel;
    private final ProbeSink sink;
    private final String question;

    ConnectProbe(Backend backend, ProbeFront front, ProbeSockets sockets, ProbeSink sink) {
        this.channel = new ProbeChannel(sockets::briefStream, front, backend.address(), this);
        this.sink = sink;
        this.question = "connection to " + backend.id();
    }

    @Override
    public void begin() {
        channel.open();
    }

    @Override
    public void equip(Channel fresh) {} // it reads nothing

    @Override
    public void opened(Channel open) {
        channel.close();
        sink.succeeded("open");
    }

    @Override
    public void ended(Throwable cause) {
        Causes.tell(sink, cause);
    }

    @Override
    public void abandon() {
        channel.close();
    }

    @Override
    public String question() {
        return question;
    }
}
