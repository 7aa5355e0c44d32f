package org.strowger.proxy.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.strowger.proxy.tls.PeerIdentity;
import org.strowger.proxy.tls.TlsSession;
import org.strowger.sip.IpPort;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/** A flow over a Netty stream channel. The channel handler reports what the channel does; the rest happens here. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class StreamFlow implements Flow {
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] INVITE = {'I', 'N', 'V', 'I', 'T', 'E', ' '};

    private final Flows flows;
    private final Channel channel;
    private final FlowSetup setup;
    private final StreamFraming framing;
    private final OutboundQueue queue;
    private final long id;
    private final PeerIdentity peer;
    private final IpPort remote = new IpPort();
    private final IpPort local = new IpPort();
    private State state = State.CONNECTING;
    private boolean dirty;
    private long lastHeardNanos;
    /** When the peer was asked for a sign of life that has not come; meaningful while {@link #asked}. */
    private long askedNanos;

    private boolean asked;

    /** Where a flow is in its life. */
    private enum State {
        CONNECTING,
        OPEN,
        CLOSED
    }

    StreamFlow(Flows flows, Channel channel, IpPort remote, FlowSetup setup, StreamFraming framing) {
        this.flows = flows;
        this.channel = channel;
        this.setup = setup;
        this.framing = framing;
        this.queue = new OutboundQueue(channel.alloc(), framing, setup.maxQueuedBytes(), flows.counters());
        this.id = flows.nextId();
        this.peer = TlsSession.identity(channel);
        this.remote.set(remote);
        this.lastHeardNanos = flows.nanoTime();
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public Transport transport() {
        return setup.transport();
    }

    @Override
    public PeerIdentity peer() {
        return peer;
    }

    @Override
    public IpPort remote() {
        return remote;
    }

    @Override
    public IpPort local() {
        return local;
    }

    @Override
    public int listener() {
        return setup.listener();
    }

    @Override
    public boolean isOpen() {
        return state != State.CLOSED;
    }

    boolean isConnecting() {
        return state == State.CONNECTING;
    }

    @Override
    public void send(byte[] bytes, int offset, int length) {
        assert flows.inEventLoop() : "called off the flow's event loop";
        if (state == State.CLOSED) {
            returnToSender(bytes, offset, length, UndeliveredReason.NOT_CONNECTED);
        } else if (queue.append(bytes, offset, length) || appendAfterFlush(bytes, offset, length)) {
            markDirty();
            if (setup.listener() != OUTBOUND && isInvite(bytes, offset, length)) {
                flows.handler().onInvite(this, bytes, offset, offset + length);
            }
        } else {
            flows.counters().queueOverflow();
            if (state == State.OPEN) {
                abort(CloseReason.SLOW_READER);
            }
            returnToSender(bytes, offset, length, UndeliveredReason.QUEUE_FULL);
        }
    }

    @Override
    public void close(CloseReason reason) {
        assert flows.inEventLoop() : "called off the flow's event loop";
        if (state == State.CLOSED) {
            return;
        }
        boolean wasOpen = state == State.OPEN;
        if (wasOpen) {
            queue.appendRaw(framing.farewell(reason));
            queue.write(channel);
        }
        if (wasOpen && queue.isEmpty() && lingers(reason) && channel instanceof DuplexChannel duplex) {
            end(reason);
            sayGoodbye(duplex);
        } else {
            end(reason);
            closeChannel();
        }
    }

    /** Nobody comes back to a loop that ends, and TLS holds memory that is not Java's. */
    private boolean lingers(CloseReason reason) {
        return setup.lingerNanos() > 0
                && (reason != CloseReason.SHUTDOWN || channel.pipeline().context(SslHandler.class) == null);
    }

    /** Ends the flow without a parting word: RST, so that the kernel forgets its queue as well. */
    void abort(CloseReason reason) {
        end(reason);
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        ChannelHandlerContext tls = channel.pipeline().context(SslHandler.class);
        if (tls != null) {
            // Past it, or it would wait for its farewell to be taken.
            var unused = tls.close();
        } else {
            closeChannel();
        }
    }

    /** The channel is connected; what waited for that goes out. */
    void opened(IpPort boundTo) {
        if (state == State.CONNECTING) {
            state = State.OPEN;
            local.set(boundTo);
            lastHeardNanos = flows.nanoTime();
            setup.owner().opened(this);
            queue.write(channel);
        }
    }

    /** The channel is gone, or about to be. Undelivered messages and the end are reported in a task of their own. */
    void end(CloseReason reason) {
        if (state == State.CLOSED) {
            return;
        }
        UndeliveredReason undelivered =
                state == State.CONNECTING ? UndeliveredReason.CONNECT_FAILED : UndeliveredReason.CONNECTION_LOST;
        state = State.CLOSED;
        flows.remove(this);
        flows.counters().closed(reason);
        setup.owner().ended(this, reason);
        flows.later(() -> report(undelivered, reason));
    }

    private void report(UndeliveredReason undelivered, CloseReason reason) {
        try {
            for (byte[] message : queue.drain()) {
                flows.handler().onUndelivered(this, message, 0, message.length, undelivered);
            }
        } finally {
            flows.handler().onClosed(this, reason);
        }
    }

    /** Something whole was read: the peer is alive. */
    void heard() {
        lastHeardNanos = flows.nanoTime();
        asked = false;
        setup.owner().heard();
    }

    void pong() {
        send(CRLF, 0, CRLF.length);
    }

    /** What the framing says of itself; it is not a message, and nobody hears when it is lost. */
    void answer(byte[] bytes) {
        if (state == State.OPEN && queue.appendRaw(bytes)) {
            markDirty();
        }
    }

    /** Looks after a flow on which nothing happens: asks the peer whether it is there, and ends what is dead or idle. */
    void tend(long nowNanos) {
        if (state != State.OPEN) {
            return;
        }
        long silentNanos = nowNanos - lastHeardNanos;
        FlowKeepAlive keepAlive = setup.keepAlive();
        long askAfterNanos = keepAlive.after().toNanos();
        if (setup.idleNanos() > 0 && silentNanos >= setup.idleNanos()) {
            close(CloseReason.IDLE);
        } else if (asked && nowNanos - askedNanos >= keepAlive.timeout().toNanos()) {
            abort(CloseReason.NO_PONG);
        } else if (!asked && askAfterNanos > 0 && silentNanos >= askAfterNanos) {
            byte[] question = framing.question();
            if (question.length > 0) {
                asked = true;
                askedNanos = nowNanos;
                flows.counters().asked();
                answer(question);
            }
        }
    }

    int queuedBytes() {
        return queue.queuedBytes();
    }

    void flush() {
        dirty = false;
        if (state == State.OPEN) {
            queue.write(channel);
        }
    }

    /** FIN now, close later: a close with unread input would send RST, and the peer might never see our last answer. */
    private void sayGoodbye(DuplexChannel duplex) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        var unused = tls == null ? duplex.shutdownOutput() : tls.closeOutbound();
        Future<?> timer = channel.eventLoop().schedule(this::closeChannel, setup.lingerNanos(), TimeUnit.NANOSECONDS);
        channel.closeFuture().addListener(closed -> timer.cancel(false));
    }

    /** How that goes is seen when the channel becomes inactive. */
    void closeChannel() {
        var unused = channel.close();
    }

    /** A burst within one turn may fill the queue of a peer that reads well: only what the kernel leaves counts. */
    private boolean appendAfterFlush(byte[] bytes, int offset, int length) {
        if (state != State.OPEN) {
            return false;
        }
        queue.write(channel);
        return queue.append(bytes, offset, length);
    }

    private void markDirty() {
        if (!dirty && state == State.OPEN) {
            dirty = true;
            flows.dirty(this);
        }
    }

    private static boolean isInvite(byte[] bytes, int offset, int length) {
        return length > INVITE.length && Arrays.equals(bytes, offset, offset + INVITE.length, INVITE, 0, INVITE.length);
    }

    private void returnToSender(byte[] bytes, int offset, int length, UndeliveredReason reason) {
        byte[] message = Arrays.copyOfRange(bytes, offset, offset + length);
        flows.later(() -> flows.handler().onUndelivered(this, message, 0, length, reason));
    }
}
