package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.strowger.health.Eligibility;
import org.strowger.proxy.config.ConfigLoader;
import org.strowger.proxy.config.ConfigResult;
import org.strowger.proxy.config.KeyRequirement;
import org.strowger.proxy.config.Machine;
import org.strowger.proxy.control.Caller;
import org.strowger.proxy.control.ConfigFile;
import org.strowger.proxy.control.ReloadOutcome;
import org.strowger.proxy.tls.HandshakeResult;
import org.strowger.proxy.tls.JdkTls;
import org.strowger.proxy.tls.TestAuthority;
import org.strowger.proxy.tls.TlsSide;

/** Calls through a running proxy between peers that speak TLS by Java's own implementation, and others that do not. */
@Timeout(120)
final class TlsCallsIT {
    private static final TestAuthority AUTHORITY = new TestAuthority("authority");
    /** Of the same name, so that clients believe that we might trust it. */
    private static final TestAuthority STRANGER = new TestAuthority("authority");

    @TempDir
    private Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // by start, which each test begins with
    private Path file;

    @SuppressWarnings("NullAway.Init") // by start, which each test begins with
    private Strowger strowger;

    @SuppressWarnings("NullAway.Init") // by start, which each test begins with
    private SipServer backend;

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    static Stream<Arguments> transports() {
        return Stream.of("udp", "tcp", "tls")
                .flatMap(in -> Stream.of("udp", "tcp", "tls").map(out -> Arguments.of(in, out)));
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aCallGoesThrough(String in, String out) throws Exception {
        start(out, "", "");
        SipPeer phone = phone(in);
        String invite = invite(phone, in, "1");
        phone.send(invite);
        String answer = phone.receiveFinal();
        assertThat(answer).startsWith("SIP/2.0 200 ");
        String routes = routes(answer);
        phone.send(inDialog(phone, in, "ACK", "1", routes, answer));
        phone.send(inDialog(phone, in, "BYE", "2", routes, answer));
        assertThat(phone.receiveFinal()).startsWith("SIP/2.0 200 ").contains("CSeq: 2 BYE");
        await().until(() -> backend.requests("ACK").size() == 1);
        String received = backend.requests("INVITE").get(0);
        assertThat(SipPeer.header(received, "Via")).startsWith("SIP/2.0/" + out.toUpperCase(java.util.Locale.ROOT));
        long ours = received.lines()
                .filter(line -> line.startsWith("Record-Route:"))
                .count();
        assertThat(ours).isEqualTo(in.equals(out) ? 1 : 2);
        assertThat(received.contains(";transport=tls")).isEqualTo(in.equals("tls") || out.equals("tls"));
    }

    @Test
    void sipsStaysSips() throws Exception {
        start("tls", "", "");
        SipPeer phone = phone("tls");
        phone.send(request(phone, "tls", "INVITE", "sips:bob@example.com", "1", "1", "To: <sips:bob@example.com>\r\n"));
        assertThat(phone.receiveFinal()).startsWith("SIP/2.0 200 ").contains("Record-Route: <sips:");
    }

    @Test
    void ofABackendOnlyItsOwnNameIsBelieved() throws Exception {
        start("tls", "", "tls.back.server-name = elsewhere.example.com");
        SipPeer phone = phone("udp");
        phone.send(invite(phone, "udp", "1"));
        assertThat(phone.receiveFinal()).startsWith("SIP/2.0 500 ");
        assertThat(backend.requests("INVITE")).isEmpty();
        assertThat(handshakes(TlsSide.CLIENT, HandshakeResult.WRONG_NAME)).isPositive();
    }

    @Test
    void aBackendNamesItsDomain() throws Exception {
        start("tls", "", "tls.back.server-name = backend.example.com");
        SipPeer phone = phone("tcp");
        phone.send(invite(phone, "tcp", "1"));
        assertThat(phone.receiveFinal()).startsWith("SIP/2.0 200 ");
    }

    @Test
    void backendsMayAskWhoWeAre() throws Exception {
        start("mutual", "", "tls.back { certificate = front.pem, key = front.key }");
        SipPeer phone = phone("udp");
        phone.send(invite(phone, "udp", "1"));
        assertThat(phone.receiveFinal()).startsWith("SIP/2.0 200 ");
    }

    @Test
    void probesGoOverTls() throws Exception {
        start("tls", "", "pools.main.health { probe = options, interval = 100ms }");
        await().until(() -> backend.requests("OPTIONS").size() > 2);
        assertThat(backend.requests("OPTIONS").get(0)).contains("Via: SIP/2.0/TLS ");
        await().until(() -> strowger.health().eligibility("main", backend.id()) == Eligibility.NEW_AND_ESTABLISHED);
    }

    @Test
    void clientsWithoutTheRightCertificateAreRefused() throws Exception {
        start("udp", "client-auth = required, trusted = authority.pem, domains = carrier.example", "");
        assertThat(isRefused(Optional.empty())).isTrue();
        assertThat(isRefused(Optional.of(AUTHORITY.issue("uri:sip:other.example"))))
                .isTrue();
        assertThat(isRefused(Optional.of(STRANGER.issue("uri:sip:carrier.example"))))
                .isTrue();
        assertThat(isRefused(Optional.of(AUTHORITY.issue("uri:sip:carrier.example"))))
                .isFalse();
        await().until(() -> handshakes(TlsSide.SERVER, HandshakeResult.NO_CERTIFICATE) == 1);
        assertThat(handshakes(TlsSide.SERVER, HandshakeResult.WRONG_NAME)).isEqualTo(1);
        assertThat(handshakes(TlsSide.SERVER, HandshakeResult.BAD_CERTIFICATE)).isEqualTo(1);
    }

    /** With TLS 1.3 a client learns of it when it reads. */
    private boolean isRefused(Optional<TestAuthority.Issued> shown) {
        try (SipPeer phone = SipPeer.tls(JdkTls.context(AUTHORITY, shown), strowger.address("tls"))) {
            phone.send(invite(phone, "tls", "c" + shown.hashCode()));
            return !phone.receiveFinal().startsWith("SIP/2.0 200 ");
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void whatIsNoTlsEndsItsConnectionOnly() throws Exception {
        start("udp", "", "");
        SipPeer phone = phone("tls");
        Random random = new Random(3);
        for (int i = 0; i < 50; i++) {
            try (Socket socket = new Socket(
                    InetAddress.getLoopbackAddress(), strowger.address("tls").getPort())) {
                byte[] noise = new byte[1 + random.nextInt(2000)];
                random.nextBytes(noise);
                socket.getOutputStream()
                        .write(i == 0 ? invite(phone, "tls", "clear").getBytes(UTF_8) : noise);
            }
        }
        await().until(() -> handshakes(TlsSide.SERVER, HandshakeResult.NOT_TLS)
                        + handshakes(TlsSide.SERVER, HandshakeResult.CLOSED)
                        + handshakes(TlsSide.SERVER, HandshakeResult.OTHER)
                == 50);
        phone.send(invite(phone, "tls", "1"));
        assertThat(phone.receiveFinal()).startsWith("SIP/2.0 200 ");
        assertThat(backend.requests("INVITE")).hasSize(1);
    }

    @Test
    void aFloodOfHandshakesIsLimitedAndACallGoesOn() throws Exception {
        start("udp", "handshakes = 5", "");
        SipPeer phone = phone("tls");
        phone.send(invite(phone, "tls", "1"));
        String answer = phone.receiveFinal();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger refused = new AtomicInteger();
        Thread flood = new Thread(() -> {
            SSLContext context = JdkTls.context(AUTHORITY, Optional.empty());
            InetSocketAddress front = strowger.address("tls");
            while (!stop.get()) {
                try {
                    SipPeer.tls(context, front).close();
                } catch (IOException e) {
                    refused.incrementAndGet();
                }
            }
        });
        flood.start();
        await().atMost(Duration.ofSeconds(60)).until(() -> handshakes(TlsSide.SERVER, HandshakeResult.LIMITED) > 100);
        for (int i = 2; i < 40; i++) {
            phone.send(inDialog(phone, "tls", "INFO", "" + i, routes(answer), answer));
            assertThat(phone.receiveFinal()).startsWith("SIP/2.0 200 ");
        }
        stop.set(true);
        flood.join();
        assertThat(refused).hasPositiveValue();
    }

    @Test
    void certificatesAreSwappedUnderHandshakesAndConnections() throws Exception {
        start("udp", "", "");
        SipPeer phone = phone("tls");
        SSLContext context = JdkTls.context(AUTHORITY, Optional.empty());
        int[] handshakes = {0};
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofSeconds(60))
                .until(() -> {
                    if (handshakes[0] % 150 == 0) {
                        AUTHORITY
                                .issue("dns:sip" + handshakes[0] + ".example.com", "ip:127.0.0.1")
                                .write(folder, "front");
                    }
                    handshakes[0]++;
                    SipPeer.tls(context, strowger.address("tls")).close();
                    return strowger.tls().totals().swaps() >= 3 && handshakes[0] > 100;
                });
        assertThat(handshakes(TlsSide.SERVER, HandshakeResult.FULL)
                        + handshakes(TlsSide.SERVER, HandshakeResult.RESUMED))
                .isEqualTo(handshakes[0] + 1);
        phone.send(invite(phone, "tls", "1"));
        assertThat(phone.receiveFinal()).startsWith("SIP/2.0 200 ");
    }

    @Test
    void aReloadBringsListenersAndCertificates() throws Exception {
        start("udp", "", "");
        AUTHORITY.issue("dns:other.example.com", "ip:127.0.0.1").write(folder, "other");
        String before = Files.readString(file);
        String added = before + """
                tls.other { certificate = other.pem, key = front.key }
                listeners.more { transport = tls, bind = "127.0.0.1:0", tls = other }
                """;
        assertThat(reload(added)).isInstanceOf(ReloadOutcome.Rejected.class);
        assertThat(reload(added.replace("front.key }\nlisteners", "other.key }\nlisteners")))
                .isInstanceOf(ReloadOutcome.Applied.class);
        try (SipPeer phone = SipPeer.tls(JdkTls.context(AUTHORITY, Optional.empty()), strowger.address("more"))) {
            phone.send(invite(phone, "tls", "1"));
            assertThat(phone.receiveFinal()).startsWith("SIP/2.0 200 ");
        }
    }

    private ReloadOutcome reload(String text) throws IOException {
        Files.writeString(file, text);
        return strowger.operations()
                .reload(Caller.local("test"))
                .toCompletableFuture()
                .join();
    }

    private long handshakes(TlsSide side, HandshakeResult result) {
        return strowger.tls().totals().handshakes(side, result);
    }

    private void start(String out, String front, String more) throws Exception {
        Path authority = AUTHORITY.write(folder);
        AUTHORITY.issue("dns:sip.example.com", "ip:127.0.0.1").write(folder, "front");
        TestAuthority.Issued own = AUTHORITY.issue("ip:127.0.0.1", "uri:sip:backend.example.com");
        SSLContext server = JdkTls.context(AUTHORITY, Optional.of(own));
        backend = switch (out) {
            case "udp" -> SipServer.udp();
            case "tcp" -> SipServer.tcp();
            case "mutual" -> SipServer.mutualTls(server);
            default -> SipServer.tls(server);
        };
        open.add(backend);
        start("""
                event-loops = 2
                cluster-key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
                admin.bind = "127.0.0.1:0"
                listeners {
                  udp { transport = udp, bind = "127.0.0.1:0" }
                  tcp { transport = tcp, bind = "127.0.0.1:0" }
                  tls { transport = tls, bind = "127.0.0.1:0", tls = front }
                }
                tls {
                  front { certificate = "front.pem", key = "front.key", %s }
                  back { trusted = "%s" }
                }
                pools.main { backends = ["%s"], health.probe = none, tls = back }
                rules = [ { pool = main } ]
                %s
                """.formatted(front, authority, backend.id(), more));
    }

    private void start(String text) throws IOException {
        file = Files.writeString(folder.resolve("strowger.conf"), text);
        ConfigLoader loader = new ConfigLoader(new Machine(Map.of(), 2, "exchange"), KeyRequirement.REQUIRED);
        ConfigResult result = loader.load(file);
        assertThat(result).isInstanceOf(ConfigResult.Loaded.class);
        ConfigResult.Loaded loaded = (ConfigResult.Loaded) result;
        strowger = Strowger.start(
                loaded.config(),
                Keys.of(loaded.config()),
                new SplittableRandom(1),
                Optional.of(new ConfigFile(file, loader)));
        open.add(strowger);
    }

    private SipPeer phone(String transport) throws IOException {
        SipPeer phone = switch (transport) {
            case "udp" -> SipPeer.udp(strowger.address("udp"));
            case "tcp" -> SipPeer.tcp(strowger.address("tcp"));
            default -> SipPeer.tls(JdkTls.context(AUTHORITY, Optional.empty()), strowger.address("tls"));
        };
        open.add(phone);
        return phone;
    }

    private static String invite(SipPeer phone, String transport, String call) {
        return request(phone, transport, "INVITE", "sip:bob@example.com", "1", call, "To: <sip:bob@example.com>\r\n");
    }

    private static String inDialog(
            SipPeer phone, String transport, String method, String number, String routes, String answer) {
        String contact = SipPeer.header(answer, "Contact").replaceAll("[<>]", "");
        return request(
                phone,
                transport,
                method,
                contact,
                number,
                "1",
                routes + "To: " + SipPeer.header(answer, "To") + "\r\n");
    }

    private static String request(
            SipPeer phone, String transport, String method, String uri, String number, String call, String more) {
        return method + " " + uri + " SIP/2.0\r\n"
                + "Via: SIP/2.0/" + transport.toUpperCase(java.util.Locale.ROOT) + " " + phone.sentBy()
                + ";branch=z9hG4bK" + method + number + call + ";rport\r\n"
                + "Max-Forwards: 70\r\n"
                + "From: <sip:alice@example.com>;tag=a\r\n"
                + "Call-ID: " + call + "@alice\r\n"
                + "CSeq: " + number + " " + method + "\r\n"
                + "Contact: <sip:alice@" + phone.sentBy() + ";transport=" + transport + ">\r\n"
                + more
                + "Content-Length: 0\r\n\r\n";
    }

    /** The Route headers that the answer's Record-Routes make, in the caller's order. */
    private static String routes(String answer) {
        List<String> lines = new ArrayList<>(answer.lines()
                .filter(line -> line.startsWith("Record-Route:"))
                .map(line -> "Route:" + line.substring("Record-Route:".length()) + "\r\n")
                .toList());
        java.util.Collections.reverse(lines);
        return String.join("", lines);
    }
}
