package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.proxy.config.Loading;
import org.strowger.proxy.config.StrowgerConfig;
import org.strowger.proxy.metrics.Counter;

/** A backend calls a host by name, through the whole program and a real DNS server. */
class HostNamesIT {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    @TempDir
    private Path folder = Path.of("");

    private final DatagramSocket backend = socket();
    private final DatagramSocket carrier = socket();
    private final NameServer dns = new NameServer();

    @BeforeEach
    void start() {
        dns.start();
    }

    @AfterEach
    void close() {
        dns.close();
        backend.close();
        carrier.close();
    }

    @Test
    void aBackendCallsAHostByNameAndGetsTheAnswer() throws Exception {
        try (Strowger strowger = Strowger.start(config(), keys(), new Random(1))) {
            for (String id : List.of("first", "second")) {
                send(invite("carrier.test:" + carrier.getLocalPort(), id), strowger);
                String arrived = receive(carrier);
                assertThat(arrived).startsWith("INVITE sip:bob@carrier.test:").contains("Call-ID: " + id);
            }
            assertThat(dns.asked).containsExactly("carrier.test");
            send(invite("gone.test", "third"), strowger);
            assertThat(receive(backend)).startsWith("SIP/2.0 404 ");
            assertThat(strowger.counters().sum(Counter.DNS_RESOLVED)).isEqualTo(1);
            assertThat(strowger.counters().sum(Counter.DNS_FAILED)).isEqualTo(1);
        }
    }

    private void send(String message, Strowger strowger) throws IOException {
        byte[] bytes = message.getBytes(ISO_8859_1);
        backend.send(new DatagramPacket(bytes, bytes.length, strowger.address("udp")));
    }

    private static String receive(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
        socket.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), ISO_8859_1);
    }

    private String invite(String host, String id) {
        return String.join(
                "\r\n",
                "INVITE sip:bob@" + host + " SIP/2.0",
                "Via: SIP/2.0/UDP 127.0.0.1:" + backend.getLocalPort() + ";branch=z9hG4bK" + id + ";rport",
                "Max-Forwards: 70",
                "From: <sip:alice@example.com>;tag=1",
                "To: <sip:bob@" + host + ">",
                "Call-ID: " + id,
                "CSeq: 1 INVITE",
                "Content-Length: 0",
                "",
                "");
    }

    private StrowgerConfig config() {
        return Loading.in(folder).loaded("""
                event-loops = 1
                listeners.udp { transport = udp, bind = "127.0.0.1:0" }
                pools.main { backends = ["udp:127.0.0.1:%d"], health.probe = none }
                rules = [ { pool = main } ]
                dns { servers = ["127.0.0.1:%d"], timeout = 2s }
                """.formatted(backend.getLocalPort(), dns.port()));
    }

    private Keys keys() throws IOException {
        return Keys.of(config());
    }

    private static DatagramSocket socket() {
        try {
            DatagramSocket socket = new DatagramSocket(0, LOOPBACK);
            socket.setSoTimeout(10_000);
            return socket;
        } catch (SocketException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Knows that carrier.test is 127.0.0.1, and that nothing else exists. */
    private static final class NameServer extends Thread {
        private static final int HEADER = 12;

        final List<String> asked = new CopyOnWriteArrayList<>();
        private final DatagramSocket socket = socket();

        NameServer() {
            super("name-server");
            setDaemon(true);
        }

        int port() {
            return socket.getLocalPort();
        }

        void close() {
            socket.close();
        }

        @Override
        public void run() {
            DatagramPacket packet = new DatagramPacket(new byte[1500], 1500);
            try {
                while (!socket.isClosed()) {
                    packet.setLength(1500);
                    socket.receive(packet);
                    byte[] answer = answer(Arrays.copyOf(packet.getData(), packet.getLength()));
                    socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            } catch (IOException e) {
                // Closed: the test is over.
            }
        }

        private byte[] answer(byte[] query) throws IOException {
            StringBuilder name = new StringBuilder();
            int at = HEADER;
            for (; query[at] != 0; at += 1 + query[at]) {
                name.append(name.isEmpty() ? "" : ".").append(new String(query, at + 1, query[at], ISO_8859_1));
            }
            boolean known = name.toString().equals("carrier.test");
            if (known) {
                asked.add(name.toString());
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            out.write(query, 0, 2);
            out.writeShort(known ? 0x8180 : 0x8183);
            out.writeShort(1);
            out.writeShort(known ? 1 : 0);
            out.writeInt(0);
            out.write(query, HEADER, at + 5 - HEADER);
            if (known) {
                out.writeShort(0xC000 | HEADER);
                out.writeShort(1);
                out.writeShort(1);
                out.writeInt(60);
                out.writeShort(4);
                out.write(LOOPBACK.getAddress());
            }
            return bytes.toByteArray();
        }
    }
}
