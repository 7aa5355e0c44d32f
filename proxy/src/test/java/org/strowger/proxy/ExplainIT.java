package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strowger.proxy.config.Loading;
import org.strowger.proxy.config.StrowgerConfig;
import org.strowger.proxy.tls.TestAuthority;
import org.strowger.sip.cookie.ClusterKey;
import picocli.CommandLine;

/** {@code strowger explain}, by a file and by a running proxy, which notices nothing. */
@Timeout(120)
final class ExplainIT {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    @TempDir
    private Path folder = Path.of(".");

    private record Ran(int code, String out, String err) {}

    private static Ran run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = new CommandLine(new ExplainCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        return new Ran(code, out.toString(), err.toString());
    }

    private static String configuration(int one, int two) {
        return """
                event-loops = 1
                admin.bind = "127.0.0.1:0"
                listeners.udp { transport = udp, bind = "127.0.0.1:0" }
                pools.main { backends = ["udp:127.0.0.1:%d", "udp:127.0.0.1:%d"], balance = round-robin, health.probe = none }
                rules = [ { method = REGISTER, reject = 403 }, { pool = main } ]
                """.formatted(one, two);
    }

    private Path message() throws Exception {
        return Files.writeString(folder.resolve("invite.sip"), """
                INVITE sip:bob@example.com SIP/2.0
                Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKexplained;rport
                Max-Forwards: 70
                From: <sip:alice@example.com>;tag=1
                To: <sip:bob@example.com>
                Call-ID: explained
                CSeq: 1 INVITE
                Content-Length: 0
                """);
    }

    @Test
    void aFileExplains() throws Exception {
        Path file = Files.writeString(
                folder.resolve("some.conf"), configuration(7001, 7002) + "cluster-key = \"" + Loading.KEY + "\"\n");
        Ran text = run(file.toString(), message().toString(), "--from", "198.51.100.7:5062");
        assertThat(text.err()).isEmpty();
        assertThat(text.code()).isZero();
        assertThat(text.out())
                .contains("some.conf:5", "method is INVITE, not REGISTER", "udp:127.0.0.1:7001", "- Max-Forwards: 70");
        Ran json = run(file.toString(), message().toString(), "--json");
        assertThat(json.out()).contains("\"backend\":\"udp:127.0.0.1:7001\"");
        assertThat(run(file.toString(), message().toString(), "--from", "nobody")
                        .err())
                .contains("from: nobody (expected: ADDRESS:PORT)");
        assertThat(run(file.toString()).code()).isEqualTo(2);
        assertThat(run(file.toString(), "none.sip").err()).contains("none.sip: no such file");
    }

    @Test
    void whoIsNotThereIsNamedAsByTheOtherCommands() throws Exception {
        assertThat(run("--admin", "127.0.0.1:1", message().toString()).err())
                .isEqualToIgnoringNewLines(
                        "http://127.0.0.1:1: no answer: cannot connect, or no such host (expected: the"
                                + " admin address of a running Strowger)");
    }

    @Test
    void aRunningProxyExplainsAndIsNotDisturbed() throws Exception {
        Keys keys = new Keys(ClusterKey.of(new byte[ClusterKey.LENGTH]), Optional.empty());
        try (DatagramSocket one = new DatagramSocket(0, LOOPBACK);
                DatagramSocket two = new DatagramSocket(0, LOOPBACK);
                DatagramSocket client = new DatagramSocket(0, LOOPBACK);
                Strowger strowger =
                        Strowger.start(config(one.getLocalPort(), two.getLocalPort()), keys, new SplittableRandom(1));
                AdminSurface admin = AdminSurface.open(strowger)) {
            String url = "http://" + admin.address();
            List<String> before = counters(url);
            Ran first = run("--admin", url, message().toString());
            assertThat(first.err()).isEmpty();
            assertThat(first.out()).contains("Result     forward to udp:127.0.0.1:" + one.getLocalPort());
            assertThat(run("--admin", url, message().toString())).isEqualTo(first);
            assertThat(counters(url)).isEqualTo(before);

            byte[] invite = Files.readString(message())
                    .replace("\n", "\r\n")
                    .concat("\r\n")
                    .getBytes(US_ASCII);
            client.send(new DatagramPacket(invite, invite.length, strowger.address("udp")));
            one.receive(new DatagramPacket(new byte[4096], 4096));
            assertThat(run("--admin", url, message().toString(), "--json").out())
                    .contains("\"affinity\":\"udp:127.0.0.1:" + one.getLocalPort())
                    .contains("without that: udp:127.0.0.1:" + two.getLocalPort());
            assertThat(run("--admin", url, message().toString(), "--listener", "no")
                            .err())
                    .contains("400")
                    .contains("listener: no (expected: one of [udp] or backend-side)");
        }
    }

    @ParameterizedTest
    @CsvSource({"WS, web, 'listeners.web { transport = ws', WS", "WSS, safe, '', WSS", "WS, safe, '', WSS"})
    void aBrowsersRegistrationIsExplained(String via, String listener, String web, String transport) throws Exception {
        new TestAuthority("authority").issue("dns:sip.example.com").write(folder, "front");
        Path file = Files.writeString(folder.resolve("web.conf"), """
                cluster-key = "%s"
                listeners.inside { transport = udp, bind = "127.0.0.1:5080", side = internal }
                listeners.safe { transport = wss, bind = "127.0.0.1:8443", tls = front }
                %s
                tls.front { certificate = front.pem, key = front.key }
                pools.main { backends = ["udp:127.0.0.1:7001"] }
                rules = [ { listener = %s, pool = main } ]
                """.formatted(
                        Loading.KEY, web.isEmpty() ? "" : web + ", bind = \"127.0.0.1:8080\" }", listener));
        Path message = Files.writeString(folder.resolve("register.sip"), """
                REGISTER sip:example.com SIP/2.0
                Via: SIP/2.0/%s df7jal23ls0d.invalid;branch=z9hG4bKexplained
                Max-Forwards: 70
                From: <sip:alice@example.com>;tag=1
                To: <sip:alice@example.com>
                Call-ID: explained
                CSeq: 1 REGISTER
                Supported: path, outbound
                Contact: <sip:alice@df7jal23ls0d.invalid;transport=ws>;reg-id=1
                Content-Length: 0
                """.formatted(via));
        Ran ran = run(file.toString(), message.toString());
        assertThat(ran.err()).isEmpty();
        assertThat(ran.out())
                .contains("over " + transport + " on " + listener)
                .contains("Result     forward to udp:127.0.0.1:7001")
                .contains("registered at udp:127.0.0.1:7001 by a connection (1) on listener")
                .contains("+ Path: <sip:<cookie 1>@127.0.0.1:5080;lr;ob>")
                .contains("+ Path: <sip:<cookie 1>@127.0.0.1:" + (listener.equals("web") ? 8080 : 8443)
                        + ";transport=ws;lr;ob>");
    }

    private StrowgerConfig config(int one, int two) {
        return Loading.in(folder).loaded(configuration(one, two));
    }

    /** All that is counted of messages. */
    private static List<String> counters(String url) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url + "/metrics")).build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> line.matches("strowger_.*(affinity|request|message|repl|drop|backend).* .*"))
                .toList();
    }
}
