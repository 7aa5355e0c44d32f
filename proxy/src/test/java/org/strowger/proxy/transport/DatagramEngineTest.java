package org.strowger.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.strowger.sip.IpPort;

/** What every engine does. */
final class DatagramEngineTest {

    @ParameterizedTest
    @EnumSource
    void datagramsComeBackOverIpv4(EngineUnderTest.Kind kind) throws Exception {
        try (EngineUnderTest engine = kind.start()) {
            echo(engine, EngineUnderTest.loopback4());
        }
    }

    @ParameterizedTest
    @EnumSource
    void datagramsComeBackOverIpv6(EngineUnderTest.Kind kind) throws Exception {
        try (EngineUnderTest engine = kind.start()) {
            echo(engine, EngineUnderTest.loopback6());
        }
    }

    private static void echo(EngineUnderTest engine, InetSocketAddress loopback) throws Exception {
        DatagramPort server = engine.open(loopback, new Sink.Echo());
        Sink answers = new Sink();
        DatagramPort client = engine.open(loopback, answers);
        engine.send(client, IpPort.of(server.localAddress()), "one", "two", "three");
        assertThat(List.of(answers.datagram(), answers.datagram(), answers.datagram()))
                .containsExactly("one", "two", "three");
        engine.run(() -> {});
        assertThat(server.counters().received()).isEqualTo(3);
        assertThat(server.counters().sent()).isEqualTo(3);
        assertThat(client.counters().sent()).isEqualTo(3);
        assertThat(client.counters().received()).isEqualTo(3);
        assertThat(client.counters().writeBatches()).isEqualTo(1);
        long bytes = "onetwothree".length();
        assertThat(server.counters().receivedBytes()).isEqualTo(bytes);
        assertThat(server.counters().sentBytes()).isEqualTo(bytes);
        assertThat(client.counters().sentBytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @EnumSource
    void aReadBatchEndsWithOneCallOfReadComplete(EngineUnderTest.Kind kind) throws Exception {
        try (EngineUnderTest engine = kind.start()) {
            Sink sink = new Sink();
            DatagramPort port = engine.open(EngineUnderTest.loopback4(), sink);
            engine.send(port, IpPort.of(port.localAddress()), "one", "two");
            sink.readComplete();
            assertThat(sink.datagram()).isEqualTo("one");
            assertThat(sink.datagram()).isEqualTo("two");
        }
    }

    @ParameterizedTest
    @EnumSource
    void moreDatagramsThanTheQueueHoldsAreSentInOrder(EngineUnderTest.Kind kind) throws Exception {
        try (EngineUnderTest engine = kind.start()) {
            Sink sink = new Sink();
            DatagramPort port = engine.open(EngineUnderTest.loopback4(), sink);
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < 10 * EngineUnderTest.OPTIONS.batch() + 3; i++) {
                texts.add("datagram " + i);
            }
            engine.send(port, IpPort.of(port.localAddress()), texts.toArray(new String[0]));
            for (String text : texts) {
                assertThat(sink.datagram()).isEqualTo(text);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void datagramsOverTheLimitAreDroppedAndCounted(EngineUnderTest.Kind kind) throws Exception {
        try (EngineUnderTest engine = kind.start();
                DatagramSocket client = new DatagramSocket(EngineUnderTest.loopback4())) {
            Sink sink = new Sink();
            int limit = EngineUnderTest.OPTIONS.maxDatagramBytes();
            DatagramPort port = engine.open(EngineUnderTest.loopback4(), sink);
            client.send(new DatagramPacket(new byte[limit + 1], limit + 1, port.localAddress()));
            client.send(new DatagramPacket(new byte[limit], limit, port.localAddress()));
            assertThat(sink.datagram()).hasSize(limit);
            assertThat(sink.hasDatagram()).isFalse();
            engine.send(port, IpPort.of(port.localAddress()), "x".repeat(limit + 1));
            assertThat(port.counters().receiveTruncated()).isEqualTo(1);
            assertThat(port.counters().sendDropped(SendDrop.TOO_LONG)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anEmptyDatagramDoesNotDisturbTheNext(EngineUnderTest.Kind kind) throws Exception {
        try (EngineUnderTest engine = kind.start();
                DatagramSocket client = new DatagramSocket(EngineUnderTest.loopback4())) {
            Sink sink = new Sink();
            DatagramPort port = engine.open(EngineUnderTest.loopback4(), sink);
            engine.run(() -> {
                for (String text : List.of("one", "", "two", "", "three")) {
                    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
                    try {
                        client.send(new DatagramPacket(bytes, bytes.length, port.localAddress()));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            });
            // Netty's channels do not all deliver the empty ones.
            List<String> texts = new ArrayList<>();
            do {
                texts.add(sink.datagram());
            } while (!texts.get(texts.size() - 1).equals("three"));
            texts.removeIf(String::isEmpty);
            assertThat(texts).containsExactly("one", "two", "three");
            assertThat(sink.hasDatagram()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theSourceIsTheSendersAddress(EngineUnderTest.Kind kind) throws Exception {
        try (EngineUnderTest engine = kind.start();
                DatagramSocket client = new DatagramSocket(EngineUnderTest.loopback4())) {
            DatagramPort port = engine.open(EngineUnderTest.loopback4(), new Sink.Echo());
            client.send(new DatagramPacket("hello".getBytes(StandardCharsets.US_ASCII), 5, port.localAddress()));
            client.setSoTimeout(20_000);
            DatagramPacket answer = new DatagramPacket(new byte[100], 100);
            client.receive(answer);
            assertThat(answer.getSocketAddress()).isEqualTo(port.localAddress());
            assertThat(answer.getLength()).isEqualTo(5);
        }
    }

    @ParameterizedTest
    @EnumSource
    void twoPortsShareOneAddress(EngineUnderTest.Kind kind) throws Exception {
        try (EngineUnderTest engine = kind.start()) {
            Sink sink = new Sink();
            DatagramPort first = engine.open(EngineUnderTest.loopback4(), sink);
            DatagramPort second = engine.open(first.localAddress(), sink);
            int clients = 64;
            for (int i = 0; i < clients; i++) {
                try (DatagramSocket client = new DatagramSocket(EngineUnderTest.loopback4())) {
                    client.send(new DatagramPacket(new byte[] {'x'}, 1, first.localAddress()));
                }
                assertThat(sink.datagram()).isEqualTo("x");
            }
            engine.run(() -> {});
            // The kernel chooses by a hash of the addresses: one port gets nothing in 1 of 2^63 runs.
            assertThat(first.counters().received()).isPositive();
            assertThat(second.counters().received()).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RECVMMSG", "NETTY_EPOLL"})
    void ipv4AndIpv6WildcardsShareOnePort(EngineUnderTest.Kind kind) throws Exception {
        InetSocketAddress loopback6 = EngineUnderTest.loopback6();
        try (EngineUnderTest engine = kind.start()) {
            Sink sink = new Sink();
            DatagramPort six = engine.open(new InetSocketAddress(InetAddress.getByAddress(new byte[16]), 0), sink);
            int number = six.localAddress().getPort();
            DatagramPort four = engine.open(new InetSocketAddress(InetAddress.getByAddress(new byte[4]), number), sink);
            InetAddress four1 = EngineUnderTest.loopback4().getAddress();
            engine.send(four, IpPort.of(new InetSocketAddress(four1, number)), "four");
            assertThat(sink.datagram()).isEqualTo("four");
            engine.send(six, IpPort.of(new InetSocketAddress(loopback6.getAddress(), number)), "six");
            assertThat(sink.datagram()).isEqualTo("six");
            engine.run(() -> {});
            assertThat(four.counters().received()).isEqualTo(1);
            assertThat(six.counters().received()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void closeReleasesTheSocket(EngineUnderTest.Kind kind) throws Exception {
        try (EngineUnderTest engine = kind.start()) {
            DatagramPort port = engine.open(EngineUnderTest.loopback4(), new Sink());
            InetSocketAddress address = port.localAddress();
            assertThatThrownBy(() -> new DatagramSocket(address).close()).isInstanceOf(IOException.class);
            engine.run(port::close);
            awaitFree(address);
            engine.send(port, IpPort.of(address), "late");
            assertThat(port.counters().sent()).isZero();
            engine.run(port::close);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHandlerMayCloseThePortInMidBatch(EngineUnderTest.Kind kind) throws Exception {
        try (EngineUnderTest engine = kind.start()) {
            Sink sink = new Sink() {
                @Override
                public void onDatagram(DatagramPort port, byte[] bytes, int length, IpPort source) {
                    port.close();
                    super.onDatagram(port, bytes, length, source);
                }
            };
            DatagramPort port = engine.open(EngineUnderTest.loopback4(), sink);
            InetSocketAddress address = port.localAddress();
            engine.send(port, IpPort.of(address), "one", "two", "three");
            assertThat(sink.datagram()).isEqualTo("one");
            awaitFree(address);
        }
    }

    /** NIO closes a socket only in its next turn of the selector. */
    private static void awaitFree(InetSocketAddress address) {
        Awaitility.await().untilAsserted(() -> new DatagramSocket(address).close());
    }

    @ParameterizedTest
    @EnumSource
    void anExceptionCostsOneDatagramOnly(EngineUnderTest.Kind kind) throws Exception {
        try (EngineUnderTest engine = kind.start()) {
            Sink sink = new Sink() {
                @Override
                public void onDatagram(DatagramPort port, byte[] bytes, int length, IpPort source) {
                    if (bytes[0] == '!') {
                        throw new IllegalStateException("thrown by the test");
                    }
                    super.onDatagram(port, bytes, length, source);
                }
            };
            DatagramPort port = engine.open(EngineUnderTest.loopback4(), sink);
            engine.send(port, IpPort.of(port.localAddress()), "!", "fine");
            assertThat(sink.datagram()).isEqualTo("fine");
            assertThat(port.counters().handlerFailures()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPortOpensOnItsOwnLoop(EngineUnderTest.Kind kind) throws Exception {
        try (EngineUnderTest engine = kind.start()) {
            Sink sink = new Sink();
            DatagramPort port = engine.call(() -> engine.open(EngineUnderTest.loopback4(), sink));
            engine.send(port, IpPort.of(port.localAddress()), "x");
            assertThat(sink.datagram()).isEqualTo("x");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRefusedBindNamesTheAddress(EngineUnderTest.Kind kind) throws Exception {
        try (EngineUnderTest engine = kind.start();
                DatagramSocket owner = new DatagramSocket(EngineUnderTest.loopback4())) {
            InetSocketAddress taken = (InetSocketAddress) owner.getLocalSocketAddress();
            assertThatThrownBy(() -> engine.open(taken, new Sink()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("127.0.0.1:" + taken.getPort());
        }
    }
}
