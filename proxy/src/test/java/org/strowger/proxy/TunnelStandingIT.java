package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ServerSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.proxy.control.Caller;
import org.strowger.proxy.control.Command;
import org.strowger.proxy.metrics.BackendCounter;

/** WebSockets to a gateway that hangs, and to one that is drained. */
@Timeout(60)
final class TunnelStandingIT {
    private static final byte[] RESTART = {(byte) 0x88, 2, 3, (byte) 0xf4};

    @TempDir
    Path folder;

    private RelayFixture proxy(GatewayServer one, GatewayServer two) throws IOException {
        return new RelayFixture(folder, """
                event-loops = 1
                listeners.web { transport = ws, bind = "127.0.0.1:0" }
                pools.gateways {
                  backends = ["http:127.0.0.1:%d", "http:127.0.0.1:%d"]
                  balance = round-robin
                  health { probe = "websocket:/ws good", interval = 100ms }
                }
                rules = [ { pool = gateways } ]
                """.formatted(one.port(), two.port()));
    }

    private static Socket tunnel(RelayFixture proxy) throws IOException {
        Socket client = proxy.connect("web");
        client.getOutputStream().write("""
                GET / HTTP/1.1\r
                Host: gw.example\r
                Connection: Upgrade\r
                Upgrade: websocket\r
                Sec-WebSocket-Version: 13\r
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                Sec-WebSocket-Protocol: good\r
                \r
                """.getBytes(ISO_8859_1));
        assertThat(GatewayServer.head(client.getInputStream())).startsWith("HTTP/1.1 101 ");
        return client;
    }

    /** A frame that comes back as it went, though a real client would mask it. */
    private static void echo(Socket client) throws IOException {
        byte[] frame = {(byte) 0x81, 2, 'h', 'i'};
        client.getOutputStream().write(frame);
        assertThat(client.getInputStream().readNBytes(frame.length)).isEqualTo(frame);
    }

    /** Who has the tunnel that was opened first. */
    private static GatewayServer first(RelayFixture proxy, GatewayServer one, GatewayServer two) {
        return proxy.count("http:127.0.0.1:" + one.port(), BackendCounter.REQUESTS) == 1 ? one : two;
    }

    @Test
    void clientsOfAGatewayThatHangsAreToldToComeAgain() throws Exception {
        try (GatewayServer one = new GatewayServer(ServerSocketFactory.getDefault());
                GatewayServer two = new GatewayServer(ServerSocketFactory.getDefault());
                RelayFixture proxy = proxy(one, two);
                Socket client = tunnel(proxy)) {
            GatewayServer home = first(proxy, one, two);
            try (Socket other = tunnel(proxy)) {
                echo(client);
                home.hang();
                assertThat(client.getInputStream().readAllBytes()).isEqualTo(RESTART);
                echo(other);
                try (Socket again = tunnel(proxy)) {
                    echo(again);
                }
            }
        }
    }

    @Test
    void clientsOfADrainedGatewayStayUntilTheDeadline() throws Exception {
        try (GatewayServer one = new GatewayServer(ServerSocketFactory.getDefault());
                GatewayServer two = new GatewayServer(ServerSocketFactory.getDefault());
                RelayFixture proxy = proxy(one, two);
                Socket client = tunnel(proxy)) {
            String home = "http:127.0.0.1:" + first(proxy, one, two).port();
            drain(proxy, home, Optional.empty());
            echo(client);
            drain(proxy, home, Optional.of(Duration.ofMillis(100)));
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(RESTART);
        }
    }

    private static void drain(RelayFixture proxy, String id, Optional<Duration> deadline) throws Exception {
        proxy.strowger
                .operations()
                .perform(Caller.local("test"), new Command.Drain("gateways", id, deadline, false))
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }
}
