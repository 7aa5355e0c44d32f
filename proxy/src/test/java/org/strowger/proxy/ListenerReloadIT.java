package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.proxy.control.ListenerStatus;
import org.strowger.proxy.control.ReloadOutcome;
import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.tls.JdkTls;
import org.strowger.proxy.tls.TestAuthority;

/** Listeners of all kinds, and the pools of relays, under a file that is read again. */
@Timeout(180)
@SuppressWarnings("try") // connections are closed early
final class ListenerReloadIT {
    private static final TestAuthority AUTHORITY = new TestAuthority("authority");

    @TempDir
    Path folder;

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, RelayFixture.LOOPBACK)) {
            return free.getLocalPort();
        }
    }

    private static String listener(String name, String transport, int port, String more) {
        return "listeners.%s { transport = %s, bind = \"127.0.0.1:%d\" %s }\n".formatted(name, transport, port, more);
    }

    private static String pool(String name, ServerSocket... servers) {
        List<String> backends = new ArrayList<>();
        for (ServerSocket server : servers) {
            backends.add("\"tcp:127.0.0.1:" + server.getLocalPort() + "\"");
        }
        return "pools.%s { backends = %s, health.probe = none }\n".formatted(name, backends);
    }

    @Test
    void aListenerBecomesAnotherKindOnItsPortAndOthersNoticeNothing() throws Exception {
        AUTHORITY.issue("ip:127.0.0.1").write(folder, "front");
        int port = freePort();
        try (ServerSocket server = RelayFixture.server()) {
            String rest = listener("by", "tcp-relay", freePort(), ", pool = p") + pool("p", server)
                    + "pools.sip { backends = [\"udp:127.0.0.1:9\"], health.probe = none }\nrules = [ { pool = sip } ]\n";
            String tls = "tls.front { certificate = \"front.pem\", key = \"front.key\" }\n";
            try (Operated proxy = new Operated(folder, rest + listener("door", "tcp", port, ""));
                    Socket bystander = proxy.connect("by");
                    Socket backend = RelayFixture.accepted(server)) {
                speaksSip(proxy);
                proxy.applied(rest + listener("door", "ws", port, ""));
                speaksHttp(proxy);
                proxy.applied(rest + tls + listener("door", "wss", port, ", tls = front"));
                speaksTls(proxy);
                proxy.applied(rest + tls + listener("door", "tcp-relay", port, ", pool = p"));
                relays(proxy, server);
                proxy.applied(rest + tls + listener("door", "tcp-relay", port, ", pool = p, tls = front"));
                speaksTls(proxy);
                proxy.applied(rest + listener("again", "tcp-relay", port, ", pool = p"));
                assertThat(proxy.applied(rest + listener("door", "tcp", port, "")))
                        .anyMatch(change -> change.startsWith("listeners.again: present -> none"));
                speaksSip(proxy);
                Operated.passes(bystander, backend);
                Operated.passes(backend, bystander);
            }
        }
    }

    private static void speaksSip(Operated proxy) throws IOException {
        try (Socket client = proxy.connect("door")) {
            client.getOutputStream().write("\r\n\r\n".getBytes(US_ASCII));
            assertThat(client.getInputStream().readNBytes(2)).isEqualTo(new byte[] {'\r', '\n'});
        }
    }

    private static void speaksHttp(Operated proxy) throws IOException {
        try (Socket client = proxy.connect("door")) {
            client.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(US_ASCII));
            assertThat(Operated.head(client)).startsWith("HTTP/1.1 ");
        }
    }

    private static void speaksTls(Operated proxy) throws IOException {
        Socket plain = proxy.connect("door");
        try (SSLSocket client = (SSLSocket) JdkTls.context(AUTHORITY, Optional.empty())
                .getSocketFactory()
                .createSocket(plain, "127.0.0.1", plain.getPort(), true)) {
            client.startHandshake();
            assertThat(client.getSession().isValid()).isTrue();
        }
    }

    private static void relays(Operated proxy, ServerSocket server) throws IOException {
        try (Socket client = proxy.connect("door");
                Socket backend = RelayFixture.accepted(server)) {
            Operated.passes(client, backend);
        }
    }

    @Test
    void aRelayThatGoesTakesNothingNewAndIsShownUntilItsConnectionsEnd() throws Exception {
        int port = freePort();
        try (ServerSocket server = RelayFixture.server()) {
            String rest = listener("other", "tcp-relay", freePort(), ", pool = p") + pool("p", server);
            try (Operated proxy = new Operated(folder, rest + listener("raw", "tcp-relay", port, ", pool = p"));
                    Socket client = proxy.connect("raw");
                    Socket backend = RelayFixture.accepted(server)) {
                proxy.applied(rest);
                assertThat(proxy.open("raw", ListenerStatus.State.CLOSING)).isEqualTo(1);
                try (Socket late = new Socket()) {
                    org.assertj.core.api.Assertions.assertThatIOException()
                            .isThrownBy(() -> late.connect(new InetSocketAddress(RelayFixture.LOOPBACK, port)));
                }
                Operated.passes(client, backend);
                client.close();
                backend.close();
                await().untilAsserted(() -> assertThat(proxy.status().listeners())
                        .extracting(ListenerStatus::name)
                        .containsExactly("other"));
            }
        }
    }

    @Test
    void aFileThatCannotBeHadChangesNothing() throws Exception {
        int first = freePort();
        try (ServerSocket server = RelayFixture.server();
                ServerSocket taken = RelayFixture.server()) {
            String file = listener("raw", "tcp-relay", first, ", pool = p") + pool("p", server);
            try (Operated proxy = new Operated(folder, file);
                    Socket client = proxy.connect("raw");
                    Socket backend = RelayFixture.accepted(server)) {
                int fresh = freePort();
                ReloadOutcome broken = proxy.reload(listener("raw", "tcp-relay", first, ", pool = q")
                        + listener("more", "ws", fresh, "")
                        + pool("p", server));
                assertThat(((ReloadOutcome.Rejected) broken).problems())
                        .anyMatch(problem -> problem.contains("strowger.conf:3: listeners.raw.pool: q (expected: "));
                ReloadOutcome refused = proxy.reload(listener("more", "tcp-relay", fresh, ", pool = p")
                        + listener("no", "tcp-relay", taken.getLocalPort(), ", pool = p")
                        + pool("p", server));
                assertThat(((ReloadOutcome.Rejected) refused).problems())
                        .anyMatch(problem -> problem.contains("strowger.conf:4: listeners.no.bind: "));
                assertThat(proxy.status().listeners())
                        .extracting(ListenerStatus::name)
                        .containsExactly("raw");
                try (ServerSocket free = new ServerSocket(fresh, 1, RelayFixture.LOOPBACK)) {
                    assertThat(free.isBound()).isTrue();
                }
                Operated.passes(client, backend);
                try (Socket another = proxy.connect("raw");
                        Socket also = RelayFixture.accepted(server)) {
                    Operated.passes(another, also);
                }
            }
        }
    }

    @Test
    void nothingIsLostWhilePoolsOfRelaysGetOtherNames() throws Exception {
        int tcp = freePort();
        int udp = freePort();
        try (ServerSocket server = RelayFixture.server();
                DatagramSocket datagrams = new DatagramSocket(0, RelayFixture.LOOPBACK);
                Operated proxy = new Operated(folder, named("a", tcp, udp, server, datagrams))) {
            AtomicBoolean over = new AtomicBoolean();
            CompletableFuture<Integer> connections =
                    CompletableFuture.supplyAsync(() -> connect(proxy, server, over), task -> new Thread(task).start());
            CompletableFuture<Integer> echoes =
                    CompletableFuture.supplyAsync(() -> send(proxy, datagrams, over), task -> new Thread(task).start());
            for (int i = 0; i < 30; i++) {
                proxy.applied(named(i % 2 == 0 ? "b" : "a", tcp, udp, server, datagrams));
            }
            over.set(true);
            assertThat(connections.get()).isPositive();
            assertThat(echoes.get()).isPositive();
            assertThat(proxy.count(Counter.RELAY_REFUSED_NO_BACKEND)).isZero();
            assertThat(proxy.count(Counter.RELAY_DROP_NO_BACKEND)).isZero();
            assertThat(proxy.count(Counter.RELAY_FLOW_LOST)).isZero();
        }
    }

    private static String named(String name, int tcp, int udp, ServerSocket server, DatagramSocket datagrams) {
        return listener("raw", "tcp-relay", tcp, ", pool = " + name)
                + pool(name, server)
                + listener("dgrams", "udp-relay", udp, ", pool = " + name + "-udp")
                + "pools.%s-udp { backends = [\"udp:127.0.0.1:%d\"] }\n".formatted(name, datagrams.getLocalPort());
    }

    /** One connection after the other, each of which has to reach the backend. Returns how many did. */
    private static int connect(Operated proxy, ServerSocket server, AtomicBoolean over) {
        try {
            int count = 0;
            while (!over.get()) {
                try (Socket client = proxy.connect("raw");
                        Socket backend = RelayFixture.accepted(server)) {
                    Operated.passes(client, backend);
                    count++;
                }
            }
            return count;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** One flow after the other, with one datagram each. */
    private static int send(Operated proxy, DatagramSocket backend, AtomicBoolean over) {
        try {
            int count = 0;
            backend.setSoTimeout(RelayFixture.PATIENCE_MILLIS);
            while (!over.get()) {
                try (DatagramSocket client = new DatagramSocket(0, RelayFixture.LOOPBACK)) {
                    client.send(new DatagramPacket(new byte[] {1}, 1, proxy.strowger.address("dgrams")));
                    backend.receive(new DatagramPacket(new byte[10], 10));
                    count++;
                }
            }
            return count;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aMemberThatTheFileHasNoMoreKeepsItsConnectionsAndGetsNoOther() throws Exception {
        int port = freePort();
        try (ServerSocket one = RelayFixture.server();
                ServerSocket two = RelayFixture.server()) {
            String raw = listener("raw", "tcp-relay", port, ", pool = p");
            try (Operated proxy = new Operated(folder, raw + pool("p", one));
                    Socket client = proxy.connect("raw");
                    Socket backend = RelayFixture.accepted(one)) {
                proxy.applied(raw + pool("p", two));
                for (int i = 0; i < 4; i++) {
                    relaysAt(proxy, two);
                }
                assertThat(proxy.status().leaving()).containsExactly("tcp:127.0.0.1:" + one.getLocalPort());
                Operated.passes(client, backend);
                proxy.applied(raw + pool("p", one));
                relaysAt(proxy, one);
                assertThat(proxy.status().leaving()).containsExactly("tcp:127.0.0.1:" + two.getLocalPort());
                Operated.passes(client, backend);
            }
        }
    }

    private static void relaysAt(Operated proxy, ServerSocket server) throws IOException {
        try (Socket client = proxy.connect("raw");
                Socket backend = RelayFixture.accepted(server)) {
            Operated.passes(client, backend);
        }
    }
}
