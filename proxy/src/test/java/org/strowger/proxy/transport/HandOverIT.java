package org.strowger.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/** Messages that cross from one running event loop to another. */
@ExtendWith(BufferLeaks.class)
@RunsOn(RunsOn.Runner.ANY)
final class HandOverIT {
    private static final int MAX_BYTES = 64 * 1024;

    private static List<HandOver> handOvers(LoopsFixture fixture) {
        return HandOver.between(fixture.flows, List.of(fixture.recorder, fixture.recorder), MAX_BYTES);
    }

    @ParameterizedTest
    @EnumSource(IoMode.class)
    void anotherLoopSendsOnAFlowInOrder(IoMode mode) throws Exception {
        try (LoopsFixture fixture = new LoopsFixture(mode, 2)) {
            List<HandOver> handOvers = handOvers(fixture);
            Socket client = fixture.connect(fixture.listen(LoopsFixture.options()));
            LoopsFixture.write(client, LoopsFixture.message("a", 0));
            fixture.awaitEvent("message MESSAGE sip:a SIP/2.0");
            long id = fixture.recorder.flows.get(0).id();
            int other = 1 - FlowIds.loop(id);
            StringBuilder expected = new StringBuilder();
            for (int turn = 0; turn < 50; turn++) {
                int number = turn;
                fixture.run(other, () -> {
                    for (int i = 0; i < 20; i++) {
                        byte[] bytes = Recorder.bytes("m" + number + "." + i + " ");
                        handOvers.get(other).sendOnFlow(id, bytes, 0, bytes.length);
                    }
                });
                for (int i = 0; i < 20; i++) {
                    expected.append("m").append(turn).append('.').append(i).append(' ');
                }
            }
            assertThat(LoopsFixture.read(client, expected.length())).isEqualTo(expected.toString());
            assertThat(fixture.recorder.count("handOverComplete")).isBetween(1, 50);
            assertThat(fixture.recorder.count("handOverDropped")).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(IoMode.class)
    void anotherLoopHasADatagramSent(IoMode mode) throws Exception {
        try (LoopsFixture fixture = new LoopsFixture(mode, 2)) {
            List<HandOver> handOvers = handOvers(fixture);
            byte[] bytes = Recorder.bytes("answer");
            IpPort to = IpPort.of(new InetSocketAddress("192.0.2.7", 5070));
            fixture.run(0, () -> handOvers.get(0).sendDatagram(1, to, bytes, bytes.length));
            fixture.awaitEvent("send 192.0.2.7:5070 answer");
        }
    }

    @ParameterizedTest
    @EnumSource(IoMode.class)
    void aFlowThatIsGoneIsReportedOnItsLoop(IoMode mode) throws Exception {
        try (LoopsFixture fixture = new LoopsFixture(mode, 2)) {
            List<HandOver> handOvers = handOvers(fixture);
            long gone = new FlowIds(new FlowEra(1, 1), 1).next();
            fixture.run(0, () -> handOvers.get(0).sendOnFlow(gone, Recorder.bytes("hello"), 1, 3));
            fixture.awaitEvent("gone " + gone + " ell");
        }
    }

    @ParameterizedTest
    @EnumSource(IoMode.class)
    void aDatagramKeepsItsSourceAndPort(IoMode mode) throws Exception {
        try (LoopsFixture fixture = new LoopsFixture(mode, 2)) {
            List<HandOver> handOvers = handOvers(fixture);
            fixture.run(0, () -> {
                IpPort source = IpPort.of(new InetSocketAddress(LoopsFixture.address("192.0.2.7"), 5071));
                byte[] bytes = Recorder.bytes("OPTIONS");
                handOvers.get(0).datagram(1, 3, source, bytes, bytes.length);
                source.set(new InetSocketAddress(LoopsFixture.address("2001:db8::1"), 65_535));
                handOvers.get(0).datagram(1, 4, source, bytes, 3);
            });
            fixture.awaitEvent("datagram 4 [2001:db8::1]:65535 OPT");
            assertThat(fixture.recorder.events)
                    .containsExactly("datagram 3 192.0.2.7:5071 OPTIONS", "datagram 4 [2001:db8::1]:65535 OPT");
        }
    }

    @ParameterizedTest
    @EnumSource(IoMode.class)
    void aStuckLoopMakesOthersDropNotGrow(IoMode mode) throws Exception {
        try (LoopsFixture fixture = new LoopsFixture(mode, 2)) {
            List<HandOver> handOvers = handOvers(fixture);
            CountDownLatch stuck = new CountDownLatch(1);
            fixture.loops.loop(1).execute(() -> {
                try {
                    stuck.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            IpPort source = IpPort.of(new InetSocketAddress(LoopsFixture.address("192.0.2.7"), 5071));
            byte[] bytes = new byte[1024];
            for (int turn = 0; turn < 10; turn++) {
                fixture.run(0, () -> {
                    for (int i = 0; i < 10; i++) {
                        handOvers.get(0).datagram(1, 0, source, bytes, bytes.length);
                    }
                });
            }
            assertThat(fixture.recorder.count("handOverDropped")).isEqualTo(36);
            stuck.countDown();
            await().atMost(LoopsFixture.PATIENCE).until(() -> fixture.recorder.events.size() == 64);
            fixture.run(0, () -> handOvers.get(0).datagram(1, 0, source, bytes, bytes.length));
            await().atMost(LoopsFixture.PATIENCE).until(() -> fixture.recorder.events.size() == 65);
        }
    }
}
