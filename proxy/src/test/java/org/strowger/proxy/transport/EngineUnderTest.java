package org.strowger.proxy.transport;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.strowger.sip.IpPort;

/** One engine on one event loop, with what a test needs to talk to it. */
final class EngineUnderTest implements AutoCloseable {
    static final DatagramOptions OPTIONS = new DatagramOptions(1 << 20, 1 << 20, 4096, 16, 0);

    private final MultiThreadIoEventLoopGroup group;
    private final EventLoop loop;
    private final DatagramEngine engine;

    private EngineUnderTest(DatagramEngine engine, IoHandlerFactory events) {
        this.engine = engine;
        this.group = new MultiThreadIoEventLoopGroup(1, events);
        this.loop = group.next();
    }

    /** The three ways to run. */
    enum Kind {
        RECVMMSG,
        NETTY_EPOLL,
        NETTY_NIO;

        /** Starts it; skips the test where it cannot run. */
        EngineUnderTest start() {
            return switch (this) {
                case RECVMMSG -> recvmmsg();
                case NETTY_EPOLL -> {
                    assumeTrue(Epoll.isAvailable(), "no epoll here");
                    yield new EngineUnderTest(DatagramEngines.netty(), EpollIoHandler.newFactory());
                }
                case NETTY_NIO -> new EngineUnderTest(DatagramEngines.netty(), NioIoHandler.newFactory());
            };
        }
    }

    static EngineUnderTest recvmmsg() {
        assumeTrue(Epoll.isAvailable(), "no epoll here");
        assumeTrue(Runtime.version().feature() >= 22, "java.lang.foreign is final since JDK 22");
        try {
            return new EngineUnderTest(DatagramEngines.nativeEngine(), EpollIoHandler.newFactory());
        } catch (ClassNotFoundException e) {
            assumeTrue(false, "the engine was left out: compiled on a JDK below 22");
            throw new AssertionError(e);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    DatagramPort open(InetSocketAddress bind, DatagramHandler handler) throws IOException {
        return open(bind, OPTIONS, handler);
    }

    DatagramPort open(InetSocketAddress bind, DatagramOptions options, DatagramHandler handler) throws IOException {
        return engine.open(loop, bind, options, handler);
    }

    EventLoop loop() {
        return loop;
    }

    /** Runs on the loop and waits for the end. */
    void run(Runnable work) throws Exception {
        loop.submit(work).get();
    }

    <T> T call(Callable<T> work) throws Exception {
        return loop.submit(work).get();
    }

    /** Sends texts as one batch. */
    void send(DatagramPort port, IpPort to, String... texts) throws Exception {
        run(() -> {
            for (String text : texts) {
                queue(port, to, text);
            }
            port.flush();
        });
    }

    static void queue(DatagramPort port, IpPort to, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        port.send(bytes, 0, bytes.length, to);
    }

    static InetSocketAddress loopback4() throws IOException {
        return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0);
    }

    static InetSocketAddress loopback6() throws IOException {
        byte[] one = new byte[16];
        one[15] = 1;
        InetSocketAddress address = new InetSocketAddress(InetAddress.getByAddress(one), 0);
        try {
            new DatagramSocket(address).close();
            return address;
        } catch (SocketException e) {
            assumeTrue(false, "no IPv6 loopback here");
            throw new AssertionError(e);
        }
    }

    /** An address that nothing listens on: it was bound a moment ago. */
    static IpPort closedPort(InetSocketAddress loopback) throws IOException {
        try (DatagramSocket socket = new DatagramSocket(loopback)) {
            return IpPort.of((InetSocketAddress) socket.getLocalSocketAddress());
        }
    }

    @Override
    public void close() {
        Future<?> end = group.shutdownGracefully(0, 10, java.util.concurrent.TimeUnit.SECONDS);
        end.syncUninterruptibly();
    }
}
