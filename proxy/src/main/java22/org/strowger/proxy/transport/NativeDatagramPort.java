package org.strowger.proxy.transport;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/**
 * One unconnected UDP socket that epoll reports on (level triggered) and that is read and written in batches, without
 * an allocation per datagram. ICMP errors come from the socket's error queue.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class NativeDatagramPort implements DatagramPort, EpollIoHandle {
    private static final Logger log = LoggerFactory.getLogger(NativeDatagramPort.class);

    /** Full batches read in a row before the loop's other sockets get their turn. */
    private static final int READ_ROUNDS = 4;

    /** Entries of the error queue taken in a row. */
    private static final int ERROR_ROUNDS = 64;

    private static final EpollIoOps READABLE = EpollIoOps.EPOLLIN;
    private static final EpollIoOps READABLE_OR_WRITABLE = EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLOUT);

    /** A loop waits once for all of its sockets. */
    private static final FastThreadLocal<@Nullable ReadPause> PAUSE_OF_LOOP = new FastThreadLocal<>();

    private final EventLoop loop;
    private final LinuxSocket socket;
    private final InetSocketAddress localAddress;
    private final SocketAddressFormat format;
    private final DatagramHandler handler;
    private final DatagramCounters counters = new DatagramCounters();
    private final int maxDatagramBytes;
    private final long gatherNanos;
    private final NativeMemory memory;
    private final ReceiveBatch received;
    private final SendQueue queue;
    private final ErrorQueue errors;
    private final byte[] bytes;
    private final IpPort peer = new IpPort();

    private @Nullable IoRegistration registration;
    private @Nullable ReadPause pause;
    private boolean waitingToWrite;
    private boolean behind;
    private boolean inEvent;
    private boolean closed;

    NativeDatagramPort(
            EventLoop loop,
            LinuxSocket socket,
            SocketAddressFormat format,
            DatagramOptions options,
            DatagramHandler handler) {
        this.loop = loop;
        this.socket = socket;
        this.localAddress = socket.localAddress();
        this.format = format;
        this.handler = handler;
        maxDatagramBytes = options.maxDatagramBytes();
        gatherNanos = options.gatherNanos();
        bytes = new byte[maxDatagramBytes];
        int fd = socket.intValue();
        SystemCalls calls = new SystemCalls();
        memory = new NativeMemory(
                ReceiveBatch.sizeBytes(options) + SendQueue.sizeBytes(options) + ErrorQueue.sizeBytes());
        received = new ReceiveBatch(calls, fd, format, memory, options);
        queue = new SendQueue(calls, fd, format, memory, options, counters);
        errors = new ErrorQueue(calls, fd, format, memory);
    }

    /** Begins to read. Called once, on the loop, with what the loop answered to the registration. */
    void start(IoRegistration registration) {
        this.registration = registration;
        pause = pauseOfLoop(gatherNanos);
        registration.submit(READABLE);
    }

    private static ReadPause pauseOfLoop(long pauseNanos) {
        ReadPause shared = PAUSE_OF_LOOP.get();
        if (shared == null || shared.pauseNanos() != pauseNanos) {
            SystemCalls calls = new SystemCalls();
            shared = new ReadPause(Ticker.systemTicker(), calls::sleep, pauseNanos);
            PAUSE_OF_LOOP.set(shared);
        }
        return shared;
    }

    @Override
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    @Override
    public DatagramCounters counters() {
        return counters;
    }

    @Override
    public FileDescriptor fd() {
        return socket;
    }

    @Override
    public void send(byte[] bytes, int offset, int length, IpPort to) {
        if (closed) {
            counters.addSendDropped(SendDrop.OTHER);
        } else if (length > maxDatagramBytes) {
            counters.addSendDropped(SendDrop.TOO_LONG);
        } else if (!format.carries(to)) {
            counters.addSendDropped(SendDrop.UNREACHABLE);
        } else {
            if (!queue.hasRoomFor(length)) {
                flush();
            }
            if (queue.hasRoomFor(length)) {
                queue.add(bytes, offset, length, to);
            } else {
                counters.addSendDropped(SendDrop.QUEUE_FULL);
            }
        }
    }

    @Override
    public void flush() {
        if (closed || queue.isEmpty()) {
            return;
        }
        waitForWritable(queue.flush() == SendQueue.Outcome.BLOCKED);
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
        if (closed) {
            return;
        }
        EpollIoOps ops = ((EpollIoEvent) event).ops();
        inEvent = true;
        try {
            if (ops.contains(EpollIoOps.EPOLLOUT)) {
                flush();
            }
            if (ops.contains(EpollIoOps.EPOLLERR) && readErrors()) {
                completeRead();
            }
            if (ops.contains(EpollIoOps.EPOLLIN)) {
                read();
            }
        } finally {
            inEvent = false;
            if (closed) {
                release();
            }
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException when called from another thread, which would take the memory from under the loop
     */
    @Override
    public void close() {
        if (!loop.inEventLoop()) {
            throw new IllegalStateException(
                    localAddress + ": closed from " + Thread.currentThread().getName() + " (expected: its event loop)");
        }
        if (closed) {
            return;
        }
        flush();
        closed = true;
        if (!inEvent) {
            release();
        }
    }

    private void read() {
        ReadPause pause = Objects.requireNonNull(this.pause, "started");
        pause.beforeRead();
        for (int round = 0; round < READ_ROUNDS && !closed; round++) {
            int count = received.receive();
            if (count > 0) {
                pause.received(count);
                counters.addReadBatch();
                deliver(count);
                completeRead();
                behind = received.isFull(count);
                if (!behind) {
                    return;
                }
            } else if (count == -SystemCalls.EAGAIN || !readErrors()) {
                behind = false;
                return;
            }
        }
    }

    @Override
    public boolean isBehind() {
        return behind && !closed;
    }

    private void deliver(int count) {
        int delivered = 0;
        long deliveredBytes = 0;
        for (int i = 0; i < count && !closed; i++) {
            if (received.isTruncated(i)) {
                counters.addReceiveTruncated();
                continue;
            }
            int length = received.copyOut(i, bytes, peer);
            delivered++;
            deliveredBytes += length;
            try {
                handler.onDatagram(this, bytes, length, peer);
            } catch (RuntimeException e) {
                failed(e);
            }
        }
        counters.addReceived(delivered, deliveredBytes);
    }

    /** Hands on what the error queue holds; false when it was empty. */
    private boolean readErrors() {
        boolean any = false;
        for (int round = 0; round < ERROR_ROUNDS && !closed; round++) {
            int errno = errors.poll(peer);
            if (errno == ErrorQueue.NONE) {
                break;
            }
            any = true;
            if (errno != ErrorQueue.NOT_ICMP) {
                counters.addIcmpError();
                try {
                    handler.onIcmpError(this, peer, errno);
                } catch (RuntimeException e) {
                    failed(e);
                }
            }
        }
        if (!any && !closed) {
            clearSocketError();
        }
        return any;
    }

    private void completeRead() {
        if (closed) {
            return;
        }
        try {
            handler.onReadComplete();
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    /** An error that came without a queue entry would be reported for ever. Reading SO_ERROR clears it. */
    private void clearSocketError() {
        try {
            int errno = socket.getSoError();
            log.debug("{}: socket error {} without an entry in the error queue", localAddress, errno);
        } catch (IOException e) {
            log.debug("{}: SO_ERROR", localAddress, e);
        }
    }

    private void waitForWritable(boolean wait) {
        if (wait != waitingToWrite && registration != null && registration.isValid()) {
            waitingToWrite = wait;
            registration.submit(wait ? READABLE_OR_WRITABLE : READABLE);
        }
    }

    /** One message must not stop the loop: the datagram is lost, the count says so. */
    private void failed(RuntimeException e) {
        if (counters.addHandlerFailure()) {
            log.error("{}: handling a datagram failed ({} so far)", localAddress, counters.handlerFailures(), e);
        }
    }

    private void release() {
        if (registration != null) {
            registration.cancel();
        }
        try {
            socket.close();
        } catch (IOException e) {
            log.warn("{}: close failed", localAddress, e);
        }
        memory.free();
    }
}
