package org.strowger.proxy.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.Ticker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.strowger.discovery.Backend;

/** The parts of the demo against each other on loopback, with no proxy between them. */
@Timeout(60)
final class DemoIT {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final Ticker TICKER = Ticker.systemTicker();

    @Test
    void everyCallIsAnsweredHeldAndEnded() throws Exception {
        try (DemoBackend backend = backend(Duration.ofMillis(5));
                DemoCaller caller = caller(backend.address(), 200, Duration.ofMillis(100))) {
            assertThat(caller.awaitFinished(Duration.ofSeconds(40))).isTrue();
            CallerReport report = caller.report();
            assertThat(report.failures()).isEmpty();
            assertThat(report.started()).isEqualTo(200);
            assertThat(report.answered()).isEqualTo(200);
            assertThat(report.held()).isEqualTo(50);
            assertThat(report.completed()).isEqualTo(200);
            assertThat(report.failed()).isZero();
            assertThat(report.inProgress()).isZero();
            assertThat(report.others()).isPositive();
            assertThat(report.othersFailed()).isZero();
            assertThat(report.setUpP50Micros()).isBetween(1L, report.setUpP99Micros());
            assertThat(backend.calls()).isEqualTo(200);
        }
    }

    @Test
    void finishHangsUpWhatIsStillTalking() throws Exception {
        try (DemoBackend backend = backend(Duration.ZERO);
                DemoCaller caller = caller(backend.address(), 20, Duration.ofHours(1))) {
            Awaitility.await().until(() -> caller.report().answered() == 20);
            CallerReport report = caller.finish(Duration.ofSeconds(20));
            assertThat(report.completed()).isEqualTo(20);
            assertThat(report.isClean()).isTrue();
        }
    }

    @Test
    void whenNobodyAnswersTheCallsFail() throws Exception {
        try (DatagramSocket silent = new DatagramSocket(0, LOOPBACK);
                DemoCaller caller =
                        caller((InetSocketAddress) silent.getLocalSocketAddress(), 5, Duration.ofMillis(1))) {
            Awaitility.await().until(() -> caller.report().started() == 5);
            CallerReport report = caller.finish(Duration.ofMillis(10));
            assertThat(report.failures()).containsEntry("unfinished", 5L);
            assertThat(report.failed()).isEqualTo(5);
            assertThat(report.isClean()).isFalse();
        }
    }

    @Test
    void aLostAcknowledgementMakesTheAnswerComeAgain() throws Exception {
        try (DemoBackend backend = backend(Duration.ZERO);
                DatagramSocket phone = phone(backend)) {
            send(phone, request("INVITE", 1, "", "a"));
            assertThat(receive(phone)).startsWith("SIP/2.0 180 ");
            String answer = receive(phone);
            assertThat(answer).startsWith("SIP/2.0 200 ").contains("Record-Route: <sip:p;lr>\r\n");
            assertThat(receive(phone)).isEqualTo(answer);
            String tag = DemoMessage.parse(answer).orElseThrow().tag("To");
            send(phone, request("ACK", 1, tag, "b"));
            send(phone, request("BYE", 2, tag, "c"));
            assertThat(receive(phone)).startsWith("SIP/2.0 200 ").contains("CSeq: 2 BYE");
        }
    }

    @Test
    void aRetransmittedInviteIsNoSecondCall() throws Exception {
        try (DemoBackend backend = backend(Duration.ofHours(1));
                DatagramSocket phone = phone(backend)) {
            send(phone, request("INVITE", 1, "", "a"));
            String ringing = receive(phone);
            send(phone, request("INVITE", 1, "", "a"));
            assertThat(receive(phone)).isEqualTo(ringing);
            assertThat(backend.calls()).isEqualTo(1);
        }
    }

    @Test
    void aCancelledCallEndsWith487() throws Exception {
        try (DemoBackend backend = backend(Duration.ofHours(1));
                DatagramSocket phone = phone(backend)) {
            send(phone, request("INVITE", 1, "", "a"));
            assertThat(receive(phone)).startsWith("SIP/2.0 180 ");
            send(phone, request("CANCEL", 1, "", "a"));
            assertThat(receive(phone)).startsWith("SIP/2.0 200 ").contains("CSeq: 1 CANCEL");
            assertThat(receive(phone)).startsWith("SIP/2.0 487 ").contains("CSeq: 1 INVITE");
            send(phone, request("ACK", 1, "x", "a"));
        }
    }

    @Test
    void aMessageOfAnUnknownDialogIsRefused() throws Exception {
        try (DemoBackend backend = backend(Duration.ZERO);
                DatagramSocket phone = phone(backend)) {
            send(phone, request("BYE", 2, "stranger", "a"));
            assertThat(receive(phone)).startsWith("SIP/2.0 481 ");
            send(phone, request("INVITE", 3, "stranger", "b"));
            assertThat(receive(phone)).startsWith("SIP/2.0 481 ");
        }
    }

    @Test
    void aPhoneRegistersWithItsContactAndPath() throws Exception {
        try (DemoBackend backend = backend(Duration.ZERO);
                DatagramSocket phone = phone(backend)) {
            send(phone, request("REGISTER", 1, "", "a").replace("Record-Route", "Path"));
            assertThat(receive(phone))
                    .startsWith("SIP/2.0 200 ")
                    .contains("Contact: <sip:me@h>;expires=3600\r\n", "Path: <sip:p;lr>\r\n");
        }
    }

    @Test
    void tcpCarriesSeveralMessagesAndKeepAlives() throws Exception {
        try (DemoBackend backend = backend(Duration.ZERO);
                Socket socket = new Socket(LOOPBACK, backend.address().getPort())) {
            socket.setSoTimeout(10_000);
            String text = "\r\n\r\n" + request("OPTIONS", 1, "", "a") + request("OPTIONS", 2, "", "b");
            socket.getOutputStream().write(text.getBytes(UTF_8));
            StringBuilder read = new StringBuilder();
            while (!read.toString().contains("CSeq: 2 OPTIONS")
                    || !read.toString().endsWith("\r\n\r\n")) {
                int octet = socket.getInputStream().read();
                assertThat(octet).isNotNegative();
                read.append((char) octet);
            }
            assertThat(read.toString()).startsWith("\r\nSIP/2.0 200 OK\r\n").contains("transport=tcp");
        }
    }

    @Test
    void aTakenPortIsPassedOver() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, LOOPBACK)) {
            assertThat(FreePort.from(LOOPBACK, taken.getLocalPort())).isGreaterThan(taken.getLocalPort());
        }
    }

    @Test
    void theDemoRunsForItsTimeAndSucceeds() throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Demo demo = demo(Duration.ofMillis(1_200), printed);
        assertThat(demo.run()).isZero();
        assertThat(printed.toString(UTF_8))
                .contains("Strowger takes SIP on 127.0.0.1:", "sipp -sn uac 127.0.0.1:", "softphone", "demo: OK; ");
    }

    @Test
    void stopEndsTheDemoEarly() throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Demo demo = demo(Duration.ofHours(1), printed);
        Thread stopper = new Thread(() -> {
            Awaitility.await().until(() -> printed.toString(UTF_8).contains(" answered"));
            try {
                demo.stop();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        stopper.start();
        demo.run();
        stopper.join();
        assertThat(printed.toString(UTF_8)).contains("demo: OK; ");
    }

    /** A demo whose proxy is none: the caller meets the first backend directly. */
    private static Demo demo(Duration length, ByteArrayOutputStream printed) {
        DemoOptions options =
                DemoOptions.defaults().withPort(20_000).withCallsPerSecond(50).withLength(length);
        return new Demo(
                options,
                (sip, backends) -> new Direct(backends.get(0)),
                new PrintStream(printed, true, UTF_8),
                TableStyle.LINES,
                TICKER,
                new SplittableRandom(1));
    }

    /** Stands where the proxy would, and is not in the way. */
    private record Direct(Backend backend) implements DemoProxy {
        @Override
        public InetSocketAddress sipAddress() {
            return backend.address();
        }

        @Override
        public Map<String, Long> callsPerBackend() {
            return Map.of(backend.id(), 1L);
        }

        @Override
        public URI admin() {
            return URI.create("http://127.0.0.1:8060/");
        }

        @Override
        public void close() {}
    }

    private static DemoBackend backend(Duration ring) throws IOException {
        return DemoBackend.start("1", LOOPBACK, ring, new SplittableRandom(7));
    }

    private static DemoCaller caller(InetSocketAddress target, long calls, Duration talk) throws IOException {
        return DemoCaller.start(new CallerOptions(target, 200, talk, 4, 10, calls), TICKER, new SplittableRandom(9));
    }

    private static DatagramSocket phone(DemoBackend backend) throws IOException {
        DatagramSocket phone = new DatagramSocket(0, LOOPBACK);
        phone.setSoTimeout(10_000);
        phone.connect(backend.address());
        return phone;
    }

    private static String request(String method, int cseq, String toTag, String branch) {
        return method + " sip:demo@h SIP/2.0\r\nVia: SIP/2.0/UDP h;rport;branch=z9hG4bK" + branch
                + "\r\nRecord-Route: <sip:p;lr>\r\nFrom: <sip:me@h>;tag=1\r\nTo: <sip:demo@h>"
                + (toTag.isEmpty() ? "" : ";tag=" + toTag) + "\r\nCall-ID: c\r\nCSeq: " + cseq + " " + method
                + "\r\nContact: <sip:me@h>\r\nContent-Length: 0\r\n\r\n";
    }

    private static void send(DatagramSocket socket, String text) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        socket.send(new DatagramPacket(bytes, bytes.length));
    }

    private static String receive(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[4_096], 4_096);
        socket.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), UTF_8);
    }
}
