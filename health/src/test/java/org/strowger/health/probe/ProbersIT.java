package org.strowger.health.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.Ticker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.strowger.discovery.Backend;
import org.strowger.health.ProbePace;
import org.strowger.health.ProbeResult;
import org.strowger.health.ProbeVerdict;
import org.strowger.sip.Transport;

/** Probes and servers on the loopback interface. */
class ProbersIT {
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop loop = group.next();
    private final List<ProbeResult> results = new CopyOnWriteArrayList<>();
    private final List<Optional<ReportedLoad>> loads = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final Probers probers = new Probers(
            new ProbeSockets(loop, NioDatagramChannel::new, NioSocketChannel::new),
            Ticker.systemTicker(),
            new Random(1));

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void aUdpServerThatAnswersPasses() throws Exception {
        TinyServer server = open(TinyServer.udp("200 OK", 0));
        probe(Transport.UDP, server.address(), new ProbeMethod.Options());
        awaitVerdicts(ProbeVerdict.PASSED, ProbeVerdict.PASSED);
        assertThat(results.get(0).evidence())
                .startsWith("OPTIONS to udp:127.0.0.1:" + server.address().getPort() + ": 200 OK after ");
    }

    @Test
    void theSecondDatagramIsEnough() throws Exception {
        TinyServer server = open(TinyServer.udp("200 OK", 1));
        probe(Transport.UDP, server.address(), new ProbeMethod.Options());
        awaitVerdicts(ProbeVerdict.PASSED);
        assertThat(results.get(0).evidence()).endsWith("sent twice");
    }

    @Test
    void anIcmpErrorFailsAUdpProbeAtOnceAndTheServerIsFoundWhenItComes() throws Exception {
        InetSocketAddress address = TinyServer.freeUdpPort();
        probe(Transport.UDP, address, new ProbeMethod.Options());
        awaitVerdicts(ProbeVerdict.FAILED);
        assertThat(results.get(0).evidence()).contains("ICMP port unreachable");
        open(TinyServer.udp(address, "200 OK", 0));
        await().untilAsserted(() ->
                assertThat(results.get(results.size() - 1).verdict()).isEqualTo(ProbeVerdict.PASSED));
    }

    @Test
    void aSilentUdpServerFailsWithTheTime() throws Exception {
        TinyServer server = open(TinyServer.udp("200 OK", Integer.MAX_VALUE));
        probe(Transport.UDP, server.address(), new ProbeMethod.Options());
        awaitVerdicts(ProbeVerdict.FAILED);
        assertThat(results.get(0).evidence())
                .contains("no answer within 500 ms")
                .endsWith("sent twice");
        assertThat(results.get(0).rttNanos()).isEqualTo(-1);
    }

    @Test
    void maintenanceIsHeard() throws Exception {
        TinyServer server = open(TinyServer.udp("503 Maintenance", 0));
        probe(Transport.UDP, server.address(), new ProbeMethod.Options());
        awaitVerdicts(ProbeVerdict.MAINTENANCE);
    }

    @Test
    void aTcpServerIsAskedAgainOnTheSameConnection() throws Exception {
        TinyServer server = open(TinyServer.tcp("200 OK"));
        probe(Transport.TCP, server.address(), new ProbeMethod.Options());
        awaitVerdicts(ProbeVerdict.PASSED, ProbeVerdict.PASSED, ProbeVerdict.PASSED);
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void theEndOfATcpServerIsNoticedBeforeTheNextProbeIsDue() throws Exception {
        TinyServer server = open(TinyServer.tcp("200 OK"));
        Prober prober = probe(Transport.TCP, server.address(), new ProbeMethod.Options());
        loop.submit(() -> prober.setPace(ProbePace.DOWN)).sync(); // one a minute
        awaitVerdicts(ProbeVerdict.PASSED);
        server.close();
        awaitVerdicts(ProbeVerdict.PASSED, ProbeVerdict.FAILED);
        assertThat(results.get(1).evidence()).contains("connection refused");
    }

    @Test
    void aConnectionIsEnoughForAConnectProbe() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
            probe(Transport.TCP, (InetSocketAddress) server.getLocalSocketAddress(), new ProbeMethod.Connect());
            awaitVerdicts(ProbeVerdict.PASSED, ProbeVerdict.PASSED);
        }
        await().untilAsserted(() ->
                assertThat(results.get(results.size() - 1).evidence()).contains("connection refused"));
    }

    @Test
    void anHttpServerIsJudgedByItsStatus() throws Exception {
        TinyServer server = open(TinyServer.http("200 OK", ""));
        probe(
                Transport.UDP,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 9),
                new ProbeMethod.Http(server.address().getPort(), "/health?x=1"));
        awaitVerdicts(ProbeVerdict.PASSED);
        assertThat(results.get(0).evidence()).contains("/health?x=1: 200 OK after");
    }

    @Test
    void anHttpServerMayAskForMaintenanceOrFail() throws Exception {
        TinyServer maintained = open(TinyServer.http("503 Maintenance", ""));
        probe(Transport.TCP, maintained.address(), new ProbeMethod.Http(0, "/"));
        awaitVerdicts(ProbeVerdict.MAINTENANCE);
    }

    @Test
    void anHttpServerMayReportItsLoad() throws Exception {
        TinyServer server = open(TinyServer.http("200 OK", "{\"load\": 0.5}"));
        probe(Transport.TCP, server.address(), new ProbeMethod.Http(0, "/"));
        awaitVerdicts(ProbeVerdict.PASSED);
        assertThat(loads.get(0)).contains(new ReportedLoad(ReportedLoad.Form.JSON, "{\"load\": 0.5}"));
    }

    private Prober probe(Transport transport, InetSocketAddress address, ProbeMethod method) throws Exception {
        ProbeSettings settings = new ProbeSettings(
                method,
                Duration.ofMillis(50),
                Duration.ofMillis(50),
                Duration.ofMinutes(1),
                Duration.ofMillis(500),
                Duration.ofMillis(500),
                0.1,
                ExpectedCodes.SIP_DEFAULT);
        Prober prober = loop.submit(() -> probers.start(Backend.of(transport, address), settings, this::probed))
                .sync()
                .getNow();
        open.add(() -> loop.submit(prober::close).sync());
        return prober;
    }

    private void probed(ProbeResult result, Optional<ReportedLoad> load) {
        loads.add(load);
        results.add(result);
    }

    private TinyServer open(TinyServer server) {
        open.add(server);
        return server;
    }

    private void awaitVerdicts(ProbeVerdict... verdicts) {
        await().until(() -> results.size() >= verdicts.length);
        assertThat(List.copyOf(results).subList(0, verdicts.length))
                .extracting(ProbeResult::verdict)
                .containsExactly(verdicts);
    }
}
