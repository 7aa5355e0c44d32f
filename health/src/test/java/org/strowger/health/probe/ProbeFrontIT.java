package org.strowger.health.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.strowger.discovery.Backend;
import org.strowger.health.ProbeResult;
import org.strowger.health.ProbeVerdict;
import org.strowger.sip.Transport;

/** Probes with something between them and their connection. */
class ProbeFrontIT {
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop loop = group.next();
    private final List<ProbeResult> results = new CopyOnWriteArrayList<>();
    private final Probers probers = new Probers(
            new ProbeSockets(loop, NioDatagramChannel::new, NioSocketChannel::new),
            Ticker.systemTicker(),
            new Random(1));

    static List<ProbeMethod> methods() {
        return List.of(new ProbeMethod.Options(), new ProbeMethod.Connect());
    }

    @AfterEach
    void close() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @ParameterizedTest
    @MethodSource("methods")
    void aProbeSpeaksWhenItsFrontStands(ProbeMethod method) throws Exception {
        try (TinyServer server = TinyServer.tcp("200 OK")) {
            probe(server.address(), method, new Handshake(true)::install);
            awaitResults(2);
        }
        assertThat(List.copyOf(results).subList(0, 2))
                .extracting(ProbeResult::verdict)
                .containsOnly(ProbeVerdict.PASSED);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void theFailureOfAFrontIsThatOfTheProbe(ProbeMethod method) throws Exception {
        try (TinyServer server = TinyServer.tcp("200 OK")) {
            probe(server.address(), method, new Handshake(false)::install);
            awaitResults(2);
        }
        assertThat(results.get(0).verdict()).isEqualTo(ProbeVerdict.FAILED);
        assertThat(results.get(0).evidence()).contains("certificate of somebody else");
    }

    @Test
    void aBackendThatEndsTheConnectionDuringTheHandshakeFails() throws Exception {
        try (TinyServer server = TinyServer.tcp("200 OK")) {
            probe(server.address(), new ProbeMethod.Connect(), (fresh, remote) -> {
                fresh.pipeline().addLast(new ChannelDuplexHandler() {
                    @Override
                    public void channelActive(ChannelHandlerContext context) {
                        var unused = context.channel().pipeline().fireChannelInactive();
                    }
                });
                return fresh.eventLoop().newPromise();
            });
            awaitResults(1);
        }
        assertThat(results.get(0).evidence()).contains("connection closed");
    }

    private void probe(InetSocketAddress address, ProbeMethod method, ProbeFront front) throws Exception {
        ProbeSettings settings = new ProbeSettings(
                method,
                Duration.ofMillis(50),
                Duration.ofMillis(50),
                Duration.ofMinutes(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                0.1,
                ExpectedCodes.SIP_DEFAULT);
        Backend backend = Backend.of(Transport.TCP, address);
        loop.submit(() -> probers.start(backend, front, settings, (result, load) -> results.add(result)))
                .sync();
    }

    private void awaitResults(int count) {
        await().until(() -> results.size() >= count);
    }

    /** Takes a moment after the connection is open, like TLS, and looks at nothing. */
    private record Handshake(boolean succeeds) {

        Future<?> install(Channel fresh, InetSocketAddress remote) {
            Promise<Void> standing = fresh.eventLoop().newPromise();
            fresh.pipeline().addLast(new ChannelDuplexHandler() {
                @Override
                public void channelActive(ChannelHandlerContext context) {
                    var unused = context.executor().schedule(this::done, 5, TimeUnit.MILLISECONDS);
                }

                private void done() {
                    if (succeeds) {
                        standing.setSuccess(null);
                    } else {
                        standing.setFailure(new IOException("certificate of somebody else"));
                    }
                }
            });
            return standing;
        }
    }
}
