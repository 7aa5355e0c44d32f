package org.strowger.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.strowger.sip.IpPort;

/** What only the engine over recvmmsg does. Skipped where it was not compiled (JDK below 22) or has no epoll. */
final class NativeDatagramEngineTest {
    private static final int ECONNREFUSED = 111;

    @Test
    void aClosedPortIsReportedWithItsAddress() throws Exception {
        reportsClosedPort(EngineUnderTest.loopback4());
    }

    @Test
    void aClosedPortIsReportedWithItsIpv6Address() throws Exception {
        reportsClosedPort(EngineUnderTest.loopback6());
    }

    @Test
    void anotherThreadMayNotTakeTheMemoryFromUnderTheLoop() throws Exception {
        try (EngineUnderTest engine = EngineUnderTest.recvmmsg()) {
            Sink sink = new Sink();
            DatagramPort port = engine.open(EngineUnderTest.loopback4(), sink);
            assertThatThrownBy(port::close)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("expected: its event loop");
            engine.send(port, IpPort.of(port.localAddress()), "still open");
            assertThat(sink.datagram()).isEqualTo("still open");
        }
    }

    private static void reportsClosedPort(InetSocketAddress loopback) throws Exception {
        try (EngineUnderTest engine = EngineUnderTest.recvmmsg()) {
            Sink sink = new Sink();
            DatagramPort port = engine.open(loopback, sink);
            IpPort gone = EngineUnderTest.closedPort(loopback);
            engine.send(port, gone, "anyone there?");
            assertThat(sink.icmpError()).isEqualTo(ECONNREFUSED + " " + gone);
            sink.readComplete();
            engine.run(() -> {});
            assertThat(port.counters().icmpErrors()).isEqualTo(1);
        }
    }

    @Test
    void aDeadPeerCostsTheOthersNothing() throws Exception {
        try (EngineUnderTest engine = EngineUnderTest.recvmmsg()) {
            Sink alive = new Sink();
            Sink sink = new Sink();
            DatagramPort server = engine.open(EngineUnderTest.loopback4(), alive);
            DatagramPort port = engine.open(EngineUnderTest.loopback4(), sink);
            IpPort peer = IpPort.of(server.localAddress());
            IpPort gone = EngineUnderTest.closedPort(EngineUnderTest.loopback4());
            int pairs = 50;
            engine.run(() -> {
                for (int i = 0; i < pairs; i++) {
                    EngineUnderTest.queue(port, gone, "lost");
                    EngineUnderTest.queue(port, peer, "datagram " + i);
                }
                port.flush();
            });
            for (int i = 0; i < pairs; i++) {
                assertThat(alive.datagram()).isEqualTo("datagram " + i);
            }
            for (int i = 0; i < pairs; i++) {
                assertThat(sink.icmpError()).isEqualTo(ECONNREFUSED + " " + gone);
            }
            assertThat(port.counters().sent()).isEqualTo(2L * pairs);
        }
    }

    @Test
    void answersSentFromAnIcmpErrorAreFlushed() throws Exception {
        try (EngineUnderTest engine = EngineUnderTest.recvmmsg()) {
            Sink alive = new Sink();
            DatagramPort server = engine.open(EngineUnderTest.loopback4(), alive);
            IpPort next = IpPort.of(server.localAddress());
            CompletableFuture<DatagramPort> self = new CompletableFuture<>();
            DatagramPort port = engine.open(EngineUnderTest.loopback4(), new Sink() {
                @Override
                public void onIcmpError(DatagramPort port, IpPort peer, int errno) {
                    EngineUnderTest.queue(port, next, "second try");
                }

                @Override
                public void onReadComplete() {
                    self.join().flush();
                }
            });
            self.complete(port);
            engine.send(port, EngineUnderTest.closedPort(EngineUnderTest.loopback4()), "first try");
            assertThat(alive.datagram()).isEqualTo("second try");
        }
    }

    @Test
    void aDatagramTheKernelRefusesIsDroppedAlone() throws Exception {
        try (EngineUnderTest engine = EngineUnderTest.recvmmsg()) {
            Sink sink = new Sink();
            // 65,535 bytes fit the queue but no UDP datagram: the headers take 28 of them.
            DatagramOptions options = new DatagramOptions(1 << 20, 1 << 20, 65_535, 64, 0);
            DatagramPort port = engine.open(EngineUnderTest.loopback4(), options, sink);
            IpPort self = IpPort.of(port.localAddress());
            engine.send(port, self, "before", "x".repeat(65_535), "after");
            assertThat(sink.datagram()).isEqualTo("before");
            assertThat(sink.datagram()).isEqualTo("after");
            assertThat(port.counters().sendDropped(SendDrop.TOO_LONG)).isEqualTo(1);
            assertThat(port.counters().sent()).isEqualTo(2);
            assertThat(port.counters().sentBytes()).isEqualTo("beforeafter".length());
        }
    }

    @Test
    void aPeerOfTheOtherFamilyIsCountedAsUnreachable() throws Exception {
        InetSocketAddress six = EngineUnderTest.loopback6();
        try (EngineUnderTest engine = EngineUnderTest.recvmmsg()) {
            DatagramPort four = engine.open(EngineUnderTest.loopback4(), new Sink());
            engine.send(four, IpPort.of(new InetSocketAddress(six.getAddress(), 5060)), "x");
            assertThat(four.counters().sendDropped(SendDrop.UNREACHABLE)).isEqualTo(1);
        }
    }

    @Test
    void datagramsAreNotAllocatedFor() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int warmup = 60_000;
        int measured = 40_000;
        try (EngineUnderTest engine = EngineUnderTest.recvmmsg()) {
            PingPong game = new PingPong(engine);
            engine.run(game::serve);
            game.after(warmup);
            long before = engine.call(threads::getCurrentThreadAllocatedBytes);
            long from = engine.call(game::played);
            game.after(from + measured);
            long bytes = engine.call(threads::getCurrentThreadAllocatedBytes) - before;
            long played = engine.call(game::played) - from;
            // Each one played was received and sent.
            assertThat(bytes / (double) played).as("bytes per datagram").isLessThan(8);
        }
    }

    /** Two ports that keep a window of datagrams going between them. */
    private static final class PingPong implements DatagramHandler {
        private static final int WINDOW = 12;

        private final byte[] message = new byte[600];
        private final DatagramPort left;
        private final DatagramPort right;
        private volatile long goal = Long.MAX_VALUE;
        private volatile CompletableFuture<Void> reached = new CompletableFuture<>();
        private long played;

        PingPong(EngineUnderTest engine) throws IOException {
            left = engine.open(EngineUnderTest.loopback4(), this);
            right = engine.open(EngineUnderTest.loopback4(), this);
        }

        void serve() {
            IpPort to = IpPort.of(right.localAddress());
            for (int i = 0; i < WINDOW; i++) {
                left.send(message, 0, message.length, to);
            }
            left.flush();
        }

        void after(long goal) throws Exception {
            reached = new CompletableFuture<>();
            this.goal = goal;
            reached.get(60, TimeUnit.SECONDS);
        }

        long played() {
            return played;
        }

        @Override
        public void onDatagram(DatagramPort port, byte[] bytes, int length, IpPort source) {
            port.send(bytes, 0, length, source);
            if (++played >= goal) {
                goal = Long.MAX_VALUE;
                reached.complete(null);
            }
        }

        @Override
        public void onIcmpError(DatagramPort port, IpPort peer, int errno) {}

        @Override
        public void onReadComplete() {
            left.flush();
            right.flush();
        }
    }
}
