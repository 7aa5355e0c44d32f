package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.proxy.config.Loading;
import org.strowger.proxy.config.StrowgerConfig;

/** The program ends while messages come in. */
class ShutdownIT {
    private static final int TIMES = 20;
    private static final int BURST = 64;
    private static final int ANSWER_MILLIS = 10_000;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void theProgramEndsInTheMiddleOfTraffic() throws Exception {
        for (int i = 0; i < TIMES; i++) {
            try (DatagramSocket phone = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
                phone.setSoTimeout(ANSWER_MILLIS);
                InetSocketAddress left = endsUnderTraffic(phone);
                new DatagramSocket(left).close();
            }
        }
    }

    /** The address that was served. */
    private InetSocketAddress endsUnderTraffic(DatagramSocket phone) throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        StrowgerConfig config = config(phone.getLocalPort());
        InetSocketAddress to;
        Thread traffic;
        try (Strowger strowger = Strowger.start(config, Keys.of(config), new Random(1))) {
            to = strowger.address("udp");
            traffic = new Thread(() -> send(phone, to, ended));
            traffic.start();
            DatagramPacket first = new DatagramPacket(new byte[4096], 4096);
            phone.receive(first);
            assertThat(new String(first.getData(), 0, first.getLength(), ISO_8859_1))
                    .startsWith("OPTIONS ");
        }
        ended.set(true);
        traffic.join();
        return to;
    }

    private static void send(DatagramSocket phone, InetSocketAddress to, AtomicBoolean ended) {
        byte[] bytes = options(phone.getLocalPort());
        try {
            while (!ended.get()) {
                for (int i = 0; i < BURST; i++) {
                    phone.send(new DatagramPacket(bytes, bytes.length, to));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The phone is the backend, too. */
    private static byte[] options(int port) {
        return String.join(
                        "\r\n",
                        "OPTIONS sip:127.0.0.1:" + port + " SIP/2.0",
                        "Via: SIP/2.0/UDP 127.0.0.1:" + port + ";branch=z9hG4bKshutdown;rport",
                        "Max-Forwards: 70",
                        "From: <sip:alice@example.com>;tag=1",
                        "To: <sip:bob@example.com>",
                        "Call-ID: shutdown",
                        "CSeq: 1 OPTIONS",
                        "Content-Length: 0",
                        "",
                        "")
                .getBytes(ISO_8859_1);
    }

    private StrowgerConfig config(int backend) {
        return Loading.in(folder).loaded("""
                event-loops = 2
                listeners.udp { transport = udp, bind = "127.0.0.1:0" }
                pools.main { backends = ["udp:127.0.0.1:%d"], health.probe = none }
                rules = [ { pool = main } ]
                """.formatted(backend));
    }
}
