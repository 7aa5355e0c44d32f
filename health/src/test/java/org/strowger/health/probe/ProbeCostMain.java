package org.strowger.health.probe;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.strowger.discovery.Backend;
import org.strowger.sip.Transport;

/**
 * What OPTIONS probes over UDP cost: {@code ProbeCostMain BACKENDS INTERVAL_MILLIS SECONDS [nio]}. The servers are in the same
 * process, on a thread of their own whose CPU time is taken off; the kernel's part of a delivery counts for who sends.
 *
 * <p>Prints for each period the CPU time of the probing thread, and that of all other threads but the servers'
 * (compiler, garbage collector), as parts of one core.
 */
final class ProbeCostMain {
    private static final com.sun.management.OperatingSystemMXBean PROCESS =
            (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private ProbeCostMain() {}

    public static void main(String[] arguments) throws Exception {
        int backends = Integer.parseInt(arguments[0]);
        Duration interval = Duration.ofMillis(Long.parseLong(arguments[1]));
        int seconds = Integer.parseInt(arguments[2]);
        List<InetSocketAddress> addresses = new ArrayList<>();
        Selector selector = Selector.open();
        for (int i = 0; i < backends; i++) {
            DatagramChannel channel = DatagramChannel.open();
            channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            addresses.add((InetSocketAddress) channel.getLocalAddress());
        }
        Thread servers = new Thread(() -> serve(selector), "servers");
        servers.setDaemon(true);
        servers.start();
        boolean epoll = arguments.length < 4 || !arguments[3].equals("nio");
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, io);
        EventLoop loop = group.next();
        Probers probers = new Probers(
                new ProbeSockets(
                        loop,
                        epoll ? EpollDatagramChannel::new : NioDatagramChannel::new,
                        epoll ? EpollSocketChannel::new : NioSocketChannel::new),
                Ticker.systemTicker(),
                new Random(1));
        ProbeSettings settings = new ProbeSettings(
                new ProbeMethod.Options(),
                interval,
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                Duration.ofMillis(200),
                Duration.ofMillis(200),
                0.1,
                ExpectedCodes.SIP_DEFAULT);
        List<Prober> running = new ArrayList<>();
        Thread probing = loop.submit(() -> {
                    for (InetSocketAddress address : addresses) {
                        running.add(probers.start(Backend.of(Transport.UDP, address), settings, (result, load) -> {}));
                    }
                    return Thread.currentThread();
                })
                .sync()
                .getNow();
        report(running, probing, servers, seconds);
        var unused = group.shutdownGracefully();
    }

    private static void report(List<Prober> running, Thread probing, Thread servers, int seconds) {
        var threads = ManagementFactory.getThreadMXBean();
        long[] before = new long[6];
        for (int second = 0; second < seconds; second += 5) {
            LockSupport.parkNanos(Duration.ofSeconds(5).toNanos());
            long[] now = {
                System.nanoTime(),
                threads.getThreadCpuTime(probing.getId()),
                threads.getThreadCpuTime(servers.getId()),
                PROCESS.getProcessCpuTime(),
                running.stream().mapToLong(p -> p.figures().passed()).sum(),
                running.stream().mapToLong(p -> p.figures().failed()).sum()
            };
            double wall = now[0] - before[0];
            double probingShare = (now[1] - before[1]) / wall;
            double rest = (now[3] - before[3]) / wall - probingShare - (now[2] - before[2]) / wall;
            if (second > 0) {
                System.out.printf(
                        "probing %.3f, other than servers %.3f of a core; %.0f probes/s passed, %d failed; %.1f us each%n",
                        probingShare,
                        rest,
                        (now[4] - before[4]) / wall * 1e9,
                        now[5] - before[5],
                        (now[1] - before[1]) / 1e3 / Math.max(1, now[4] - before[4]));
            }
            before = now;
        }
    }

    private static void serve(Selector selector) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
        try {
            while (true) {
                selector.select();
                for (SelectionKey key : selector.selectedKeys()) {
                    DatagramChannel channel = (DatagramChannel) key.channel();
                    buffer.clear();
                    SocketAddress from = channel.receive(buffer);
                    buffer.flip();
                    if (from != null) {
                        String request = ISO_8859_1.decode(buffer).toString();
                        channel.send(ByteBuffer.wrap(TinyServer.answer(request, "200 OK")), from);
                    }
                }
                selector.selectedKeys().clear();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
