package org.strowger.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.strowger.proxy.RelayFixture.hear;
import static org.strowger.proxy.RelayFixture.id;
import static org.strowger.proxy.RelayFixture.isReset;
import static org.strowger.proxy.RelayFixture.say;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.proxy.metrics.BackendCounter;
import org.strowger.proxy.metrics.Counter;

/** Who gets a connection of a TCP relay, and how many there may be. */
@Timeout(180)
@SuppressWarnings("try") // a server is closed early to play dead
final class TcpRelayBackendsIT {

    @TempDir
    Path folder;

    @Test
    void aBackendThatIsNotThereIsPassedOver() throws IOException {
        try (ServerSocket server = RelayFixture.server();
                ServerSocket gone = RelayFixture.server();
                RelayFixture relay = RelayFixture.tcp(folder, "", "", gone, server)) {
            gone.close();
            for (int i = 0; i < 6; i++) {
                try (Socket client = relay.connect("raw");
                        Socket backend = RelayFixture.accepted(server)) {
                    say(client, "x");
                    assertThat(hear(backend, 1)).isEqualTo("x");
                }
            }
            assertThat(relay.count(Counter.RELAY_RETRIES)).isPositive();
            assertThat(relay.count(id(gone), BackendCounter.CONNECT_FAILURES)).isPositive();
            server.close();
            await().untilAsserted(() -> {
                try (Socket client = relay.connect("raw")) {
                    assertThat(isReset(client)).isTrue();
                }
                assertThat(relay.count(Counter.RELAY_REFUSED_NO_BACKEND)).isPositive();
            });
        }
    }

    @Test
    void aSourceStaysWithItsBackend() throws IOException {
        try (ServerSocket one = RelayFixture.server();
                ServerSocket two = RelayFixture.server();
                ServerSocket three = RelayFixture.server();
                RelayFixture relay = RelayFixture.tcp(folder, "", "balance = source-ip", one, two, three)) {
            Set<String> used = new HashSet<>();
            for (int host = 1; host <= 20; host++) {
                long[] before = begun(relay, one, two, three);
                for (int i = 0; i < 4; i++) {
                    try (Socket client = new Socket()) {
                        client.bind(new InetSocketAddress("127.0.1." + host, 0));
                        client.connect(relay.strowger.address("raw"));
                        long want = Arrays.stream(before).sum() + i + 1;
                        await().until(() ->
                                Arrays.stream(begun(relay, one, two, three)).sum() == want);
                    }
                }
                long[] after = begun(relay, one, two, three);
                List<Integer> moved = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    if (after[i] != before[i]) {
                        moved.add(i);
                    }
                }
                assertThat(moved).hasSize(1);
                used.add(moved.toString());
            }
            assertThat(used).hasSizeGreaterThan(1);
        }
    }

    private static long[] begun(RelayFixture relay, ServerSocket... servers) {
        return Arrays.stream(servers)
                .mapToLong(server -> relay.count(id(server), BackendCounter.RELAYS_BEGUN))
                .toArray();
    }

    @Test
    void leastConnectionsEvensOut() throws IOException {
        try (ServerSocket one = RelayFixture.server();
                ServerSocket two = RelayFixture.server();
                RelayFixture relay = RelayFixture.tcp(folder, "", "balance = least-connections", one, two)) {
            List<Socket> open = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                open.add(relay.connect("raw"));
                long want = i + 1L;
                await().until(() -> Arrays.stream(begun(relay, one, two)).sum() == want);
            }
            assertThat(begun(relay, one, two)).containsExactly(10, 10);
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    @Test
    void connectionsAreLimited() throws IOException {
        try (ServerSocket server = RelayFixture.server();
                RelayFixture relay = RelayFixture.tcp(folder, "max-connections = 2", "", server);
                Socket first = relay.connect("raw");
                Socket second = relay.connect("raw");
                Socket atBackend = RelayFixture.accepted(server);
                Socket alsoAtBackend = RelayFixture.accepted(server)) {
            try (Socket third = relay.connect("raw")) {
                assertThat(isReset(third)).isTrue();
            }
            say(first, "a");
            say(second, "b");
            assertThat(Set.of(hear(atBackend, 1), hear(alsoAtBackend, 1))).isEqualTo(Set.of("a", "b"));
            assertThat(relay.count(Counter.RELAY_REFUSED_FULL)).isEqualTo(1);
        }
    }
}
