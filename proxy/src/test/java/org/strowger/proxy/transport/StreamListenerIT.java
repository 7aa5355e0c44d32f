package org.strowger.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/** Flows that peers open to us, over real sockets. */
@ExtendWith(BufferLeaks.class)
@RunsOn(RunsOn.Runner.ANY)
final class StreamListenerIT {

    @ParameterizedTest
    @EnumSource(IoMode.class)
    void aMessageComesInAndItsAnswerGoesBack(IoMode mode) throws Exception {
        try (LoopsFixture fixture = new LoopsFixture(mode, 2)) {
            fixture.recorder.reaction = (flow, message) -> Recorder.send(flow, "SIP/2.0 200 OK\r\n\r\n");
            StreamListener listener = fixture.listen(LoopsFixture.options());
            Socket client = fixture.connect(listener);
            LoopsFixture.write(client, LoopsFixture.message("a", 10));

            assertThat(LoopsFixture.read(client, 18)).isEqualTo("SIP/2.0 200 OK\r\n\r\n");
            Flow flow = fixture.recorder.flows.get(0);
            assertThat(flow.listener()).isEqualTo(7);
            assertThat(flow.remote()).isEqualTo(IpPort.of((InetSocketAddress) client.getLocalSocketAddress()));
            assertThat(flow.local()).isEqualTo(IpPort.of(listener.localAddress()));
            // Counted after the kernel took it, so the client may be faster.
            await().atMost(LoopsFixture.PATIENCE).until(() -> fixture.recorder.count("sent") == 18);
            client.close();
            fixture.awaitEvent("closed CLOSED_BY_PEER");
            await().atMost(LoopsFixture.PATIENCE).until(() -> listener.connections() == 0);
        }
    }

    @ParameterizedTest
    @EnumSource(IoMode.class)
    void splitAndCoalescedMessagesArriveWhole(IoMode mode) throws Exception {
        try (LoopsFixture fixture = new LoopsFixture(mode, 1)) {
            Socket client = fixture.connect(fixture.listen(LoopsFixture.options()));
            client.setTcpNoDelay(true);
            String big = LoopsFixture.message("big", 200_000);
            LoopsFixture.write(client, LoopsFixture.message("one", 0) + LoopsFixture.message("two", 5) + "MESS");
            fixture.awaitEvent("message MESSAGE sip:two SIP/2.0");
            LoopsFixture.write(client, LoopsFixture.message("three", 1).substring(4) + big.substring(0, 100_001));
            fixture.awaitEvent("message MESSAGE sip:three SIP/2.0");
            LoopsFixture.write(client, big.substring(100_001));
            fixture.awaitEvent("message MESSAGE sip:big SIP/2.0");
            assertThat(fixture.recorder.events).hasSize(4);
        }
    }

    @ParameterizedTest
    @EnumSource(IoMode.class)
    void aPingIsAnsweredWithCrlf(IoMode mode) throws Exception {
        try (LoopsFixture fixture = new LoopsFixture(mode, 1)) {
            Socket client = fixture.connect(fixture.listen(LoopsFixture.options()));
            LoopsFixture.write(client, "\r\n\r\n");
            assertThat(LoopsFixture.read(client, 2)).isEqualTo("\r\n");
            assertThat(fixture.recorder.events).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(IoMode.class)
    void aSlowReaderIsClosedAndItsMemoryIsBounded(IoMode mode) throws Exception {
        try (LoopsFixture fixture = new LoopsFixture(mode, 1)) {
            Socket client = fixture.connect(fixture.listen(LoopsFixture.options()));
            LoopsFixture.write(client, LoopsFixture.message("a", 0));
            fixture.awaitEvent("message MESSAGE sip:a SIP/2.0");
            StreamFlow flow = (StreamFlow) fixture.recorder.flows.get(0);
            String message = LoopsFixture.message("b", 1000);
            int most = 0;
            for (int turn = 0; turn < 100_000 && flow.isOpen(); turn++) {
                most = Math.max(most, fixture.on(0, () -> {
                    for (int i = 0; i < 20; i++) {
                        Recorder.send(flow, message);
                    }
                    return flow.queuedBytes();
                }));
            }
            fixture.awaitEvent("closed SLOW_READER");
            assertThat(most).isLessThanOrEqualTo(256 * 1024);
            assertThat(fixture.recorder.count("queueOverflow")).isEqualTo(1);
            assertThat(fixture.recorder.events)
                    .anyMatch(event -> event.startsWith("undelivered CONNECTION_LOST"))
                    .anyMatch(event -> event.startsWith("undelivered QUEUE_FULL"));
        }
    }

    @ParameterizedTest
    @EnumSource(IoMode.class)
    void connectionsBeyondTheLimitAreRefusedUntilOneEnds(IoMode mode) throws Exception {
        try (LoopsFixture fixture = new LoopsFixture(mode, 2)) {
            StreamOptions two = new StreamOptions(
                    128, 2, 4096, Duration.ofSeconds(60), Duration.ofSeconds(5), Duration.ofSeconds(1));
            StreamListener listener = fixture.listen(two);
            Socket first = fixture.connect(listener);
            fixture.connect(listener);
            fixture.awaitCount("accepted", 2);
            Socket third = fixture.connect(listener);
            fixture.awaitCount("refused", 1);
            assertThatThrownBy(() -> {
                        if (third.getInputStream().read() < 0) {
                            throw new IOException("end of stream");
                        }
                    })
                    .isInstanceOf(IOException.class);
            first.close();
            await().atMost(LoopsFixture.PATIENCE).until(() -> listener.connections() == 1);
            Socket fourth = fixture.connect(listener);
            LoopsFixture.write(fourth, "\r\n\r\n");
            assertThat(LoopsFixture.read(fourth, 2)).isEqualTo("\r\n");
        }
    }

    @ParameterizedTest
    @EnumSource(IoMode.class)
    void ipv6IsServed(IoMode mode) throws Exception {
        try (LoopsFixture fixture = new LoopsFixture(mode, 2)) {
            StreamListener listener = fixture.listen(LoopsFixture.options(), LoopsFixture.address("::1"));
            Socket client = fixture.connect(listener);
            LoopsFixture.write(client, LoopsFixture.message("six", 0));
            fixture.awaitEvent("message MESSAGE sip:six SIP/2.0");
            Flow flow = fixture.recorder.flows.get(0);
            assertThat(flow.remote().isIpv4()).isFalse();
            assertThat(flow.remote()).hasToString("[::1]:" + client.getLocalPort());
        }
    }

    @ParameterizedTest
    @EnumSource(IoMode.class)
    void aBrokenStreamIsAnsweredBeforeItIsClosed(IoMode mode) throws Exception {
        try (LoopsFixture fixture = new LoopsFixture(mode, 1)) {
            fixture.recorder.reaction = (flow, head) -> Recorder.send(flow, "SIP/2.0 400 Bad\r\n\r\n");
            Socket client = fixture.connect(fixture.listen(LoopsFixture.options()));
            LoopsFixture.write(client, "OPTIONS sip:a SIP/2.0\r\n\r\n" + "junk".repeat(50_000));
            assertThat(LoopsFixture.read(client, 1000)).isEqualTo("SIP/2.0 400 Bad\r\n\r\n");
            fixture.awaitEvent("closed BROKEN_STREAM");
            assertThat(fixture.recorder.events).containsExactly("broken NO_CONTENT_LENGTH", "closed BROKEN_STREAM");
        }
    }

    @Test
    void aSilentFlowIsClosedAndAChattyOneStays() throws Exception {
        try (LoopsFixture fixture = new LoopsFixture(IoMode.best(), 1)) {
            StreamListener listener = fixture.listen(LoopsFixture.options());
            Socket silent = fixture.connect(listener);
            Socket chatty = fixture.connect(listener);
            fixture.awaitCount("accepted", 2);
            fixture.ticker.advance(59, TimeUnit.SECONDS);
            LoopsFixture.write(chatty, "\r\n\r\n");
            assertThat(LoopsFixture.read(chatty, 2)).isEqualTo("\r\n");
            fixture.ticker.advance(1, TimeUnit.SECONDS);
            fixture.run(0, () -> fixture.flows.get(0).tendAll());
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
            LoopsFixture.write(chatty, "\r\n\r\n");
            assertThat(LoopsFixture.read(chatty, 2)).isEqualTo("\r\n");
            assertThat(fixture.recorder.events).containsExactly("closed IDLE");
        }
    }

    @ParameterizedTest
    @EnumSource(IoMode.class)
    void connectionsSpreadAndEachStaysOnItsLoop(IoMode mode) throws Exception {
        try (LoopsFixture fixture = new LoopsFixture(mode, 2)) {
            List<String> threads = java.util.Collections.synchronizedList(new ArrayList<>());
            fixture.recorder.reaction =
                    (flow, message) -> threads.add(Thread.currentThread().getName() + " " + FlowIds.loop(flow.id()));
            StreamListener listener = fixture.listen(LoopsFixture.options());
            for (int i = 0; i < 40; i++) {
                LoopsFixture.write(
                        fixture.connect(listener), LoopsFixture.message("a", 0) + LoopsFixture.message("b", 0));
            }
            await().atMost(LoopsFixture.PATIENCE).until(() -> threads.size() == 80);
            assertThat(threads).containsOnly("strowger-loop-0 0", "strowger-loop-1 1");
        }
    }

    @ParameterizedTest
    @EnumSource(IoMode.class)
    void aResetIsReportedAsOne(IoMode mode) throws Exception {
        try (LoopsFixture fixture = new LoopsFixture(mode, 1)) {
            Socket client = fixture.connect(fixture.listen(LoopsFixture.options()));
            LoopsFixture.write(client, LoopsFixture.message("a", 0));
            fixture.awaitEvent("message MESSAGE sip:a SIP/2.0");
            client.setSoLinger(true, 0);
            client.close();
            fixture.awaitEvent("closed RESET");
            assertThat(fixture.on(0, () -> fixture.flows.get(0).table().size())).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(IoMode.class)
    void anAddressInUseIsNamed(IoMode mode) throws Exception {
        try (LoopsFixture fixture = new LoopsFixture(mode, 2);
                ServerSocket taken = new ServerSocket(0, 1, LoopsFixture.address("127.0.0.1"))) {
            assertThatThrownBy(() -> StreamListener.open(
                            fixture.loops,
                            fixture.flows,
                            0,
                            (InetSocketAddress) taken.getLocalSocketAddress(),
                            LoopsFixture.options(),
                            ConnectionFront.plain(ContentLengthFraming::new)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("tcp:127.0.0.1:" + taken.getLocalPort() + ": cannot listen: ");
        }
    }
}
