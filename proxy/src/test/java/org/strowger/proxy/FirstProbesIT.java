package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.strowger.discovery.Backend;
import org.strowger.health.Eligibility;
import org.strowger.health.HealthSettings;
import org.strowger.health.HealthState;
import org.strowger.health.MinAvailable;
import org.strowger.health.Transition;
import org.strowger.health.probe.ProbeSettings;
import org.strowger.health.probe.ProbeSockets;
import org.strowger.health.probe.Probers;
import org.strowger.proxy.metrics.BackendCounterTable;
import org.strowger.sip.Transport;

/** The first verdict on a backend, with sockets that are real and a clock that the test moves. */
@Timeout(60)
final class FirstProbesIT {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final int STEP_MILLIS = 10;
    /** To the first probe, at most. */
    private static final int INTERVAL_MILLIS = 250;

    private final MockTicker ticker = Ticker.newMockTicker();
    private final ManualIoEventLoop loop =
            new ManualIoEventLoop(null, Thread.currentThread(), NioIoHandler.newFactory(), ticker);
    private final List<Transition> transitions = new ArrayList<>();
    private final BackendCounterTable counters = new BackendCounterTable(1);
    private PoolWatch pool;
    private DatagramSocket socket;

    @BeforeEach
    void prepare() throws IOException {
        Probers probers = new Probers(
                new ProbeSockets(loop, NioDatagramChannel::new, NioSocketChannel::new),
                ticker,
                new SplittableRandom(1));
        PoolWatch.Surroundings around = new PoolWatch.Surroundings(
                probers::start,
                id -> new LiveReadings(counters.countersOf(id)),
                (backend, load) -> {},
                ticker,
                () -> Instant.EPOCH,
                (in, transition) -> transitions.add(transition),
                () -> {});
        pool = new PoolWatch(watched(List.of()), around);
        socket = new DatagramSocket(0, LOOPBACK);
    }

    @AfterEach
    void end() {
        pool.close();
        var unused = loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        while (!loop.isTerminated()) {
            ticker.advance(STEP_MILLIS, TimeUnit.MILLISECONDS);
            loop.runNow();
        }
        socket.close();
    }

    private static WatchedPool watched(List<Backend> members) {
        return new WatchedPool(
                "main", members, Optional.of(ProbeSettings.DEFAULT), HealthSettings.standard(), MinAvailable.count(1));
    }

    private Backend join(Transport transport, SocketAddress address) {
        Backend backend = Backend.of(transport, (InetSocketAddress) address);
        pool.follow(watched(List.of(backend)), ticker.nanoTime());
        return backend;
    }

    @Test
    void aBackendWhoseFirstAnswerIsLateIsNeverDown() throws IOException {
        Backend slow = join(Transport.UDP, socket.getLocalSocketAddress());
        DatagramPacket first = awaitQuestion();
        for (int millis = 0; millis < 600; millis += STEP_MILLIS) {
            assertThat(health(slow)).isEqualTo(HealthState.UNKNOWN);
            assertThat(pool.eligibility(slow.id())).isEqualTo(Eligibility.NEW_AND_ESTABLISHED);
            pass();
        }
        answer(first);
        runUntil(() -> health(slow) == HealthState.UP);
        // What waits in its socket is the same question, put again in the meantime.
        socket.setSoTimeout(1);
        for (int probes = 0; probes < 5; ) {
            @Nullable DatagramPacket next = question();
            if (next == null) {
                pass();
            } else if (!branch(next).equals(branch(first))) {
                answer(next);
                first = next;
                probes++;
            }
        }
        assertThat(transitions).extracting(Transition::what).containsExactly("unknown -> up");
    }

    @Test
    void aPortWhereNobodyListensIsDownWithItsFirstProbe() {
        SocketAddress address = socket.getLocalSocketAddress();
        socket.close();
        Backend refused = join(Transport.UDP, address);
        downAtOnce(refused);
        assertThat(transitions.get(0).evidence()).contains("ICMP port unreachable");
    }

    @Test
    void aRefusedConnectionIsDownWithItsFirstProbe() throws IOException {
        SocketAddress address;
        try (ServerSocket free = new ServerSocket(0, 1, LOOPBACK)) {
            address = free.getLocalSocketAddress();
        }
        Backend refused = join(Transport.TCP, address);
        downAtOnce(refused);
        assertThat(transitions.get(0).evidence()).contains("connection refused");
    }

    /** No time passes but that until the first probe. */
    private void downAtOnce(Backend refused) {
        int millis = 0;
        while (member(refused).figures().orElseThrow().sent() == 0) {
            pass();
            millis += STEP_MILLIS;
        }
        assertThat(millis).isLessThanOrEqualTo(INTERVAL_MILLIS + STEP_MILLIS);
        runUntil(() -> health(refused) == HealthState.DOWN);
        assertThat(pool.isGone(refused.id())).isTrue();
        assertThat(transitions.get(0).what()).isEqualTo("unknown -> down");
    }

    @Test
    void aSilentBackendIsDownAfterTheTimeOfOneFirstProbe() throws IOException {
        Backend silent = join(Transport.UDP, socket.getLocalSocketAddress());
        awaitQuestion();
        int millis = 0;
        while (health(silent) == HealthState.UNKNOWN) {
            pass();
            millis += STEP_MILLIS;
        }
        assertThat(health(silent)).isEqualTo(HealthState.DOWN);
        assertThat(millis).isEqualTo((int) ProbeSettings.DEFAULT.firstTimeout().toMillis());
        assertThat(transitions.get(0).cause()).isEqualTo("nothing has answered yet");
    }

    private HealthState health(Backend backend) {
        return member(backend).health().health();
    }

    private MemberWatch member(Backend backend) {
        return Objects.requireNonNull(pool.shown().get(backend.id()));
    }

    private DatagramPacket awaitQuestion() throws IOException {
        socket.setSoTimeout(1);
        @Nullable DatagramPacket question = question();
        while (question == null) {
            pass();
            question = question();
        }
        return question;
    }

    /** What has come, or null. */
    private @Nullable DatagramPacket question() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
        try {
            socket.receive(packet);
            return packet;
        } catch (SocketTimeoutException none) {
            return null;
        }
    }

    private static String branch(DatagramPacket packet) {
        String text = text(packet);
        return text.substring(text.indexOf("branch="), text.indexOf('\r', text.indexOf("branch=")));
    }

    private static String text(DatagramPacket packet) {
        return new String(packet.getData(), 0, packet.getLength(), ISO_8859_1);
    }

    private void answer(DatagramPacket question) throws IOException {
        String text = text(question);
        byte[] answer = ("SIP/2.0 200 OK" + text.substring(text.indexOf('\r'))).getBytes(ISO_8859_1);
        socket.send(new DatagramPacket(answer, answer.length, question.getSocketAddress()));
    }

    /** A little time passes. */
    private void pass() {
        ticker.advance(STEP_MILLIS, TimeUnit.MILLISECONDS);
        loop.runNow();
        pool.tick(ticker.nanoTime());
    }

    /** No time passes on the clock, however long it takes. */
    private void runUntil(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            loop.run(Duration.ofMillis(10).toNanos());
        }
    }
}
