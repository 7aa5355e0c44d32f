package org.strowger.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strowger.sip.Transport;

/**
 * TLS of the packaged program: calls of SIPp, which knows no TLS here, through two programs with TLS between them, and
 * openssl as a client.
 */
class TlsIT {
    private final Loopback net = Loopback.of(TlsIT.class);
    private final SippProcess.Load load = Calls.load();

    @BeforeAll
    static void needsOpenssl() {
        Tool.OPENSSL.path();
    }

    @ParameterizedTest(name = "{0} to TLS to {1}")
    @CsvSource({"UDP,UDP", "TCP,UDP", "UDP,TCP", "TCP,TCP"})
    void everyCallGoesThrough(Transport outside, Transport inside) {
        Tool.SIPP.path();
        Path directory = RunDirectory.create("tls-core-" + outside + "-" + inside);
        Path edgeDirectory = RunDirectory.create("tls-edge-" + outside + "-" + inside);
        Certificates certificates = Certificates.in(directory)
                .issue("core", "URI:sip:core.example.com,DNS:unused.example.com")
                .issue("edge", "URI:sip:edge.example.com");
        String middle = net.backend(50);
        try (Backends backends = Backends.three(directory, "uas", net, inside);
                ProxyProcess core = ProxyProcess.start(
                        directory, net, """
                        event-loops = 2
                        listeners.tls { transport = tls, bind = "%1$s:5061", tls = core }
                        tls.core {
                          certificate = core.pem, key = core.key
                          client-auth = required, trusted = ca.pem, domains = edge.example.com
                        }
                        %2$srules = [ { client-domain = edge.example.com, pool = phones }, { reject = 403 } ]
                        """.formatted(middle, backends.pool("phones", "round-robin")));
                ProxyProcess edge = ProxyProcess.start(edgeDirectory, net, """
                        event-loops = 2
                        # Another installation: with the same key a request that comes a second time is a loop.
                        cluster-key = "QW5vdGhlciBpbnN0YWxsYXRpb24ncyBvd24ga2V5ISE="
                        listeners {
                          front-udp { transport = udp, bind = "%1$s:5060" }
                          front-tcp { transport = tcp, bind = "%1$s:5060" }
                        }
                        tls.core {
                          trusted = "%3$s", server-name = core.example.com, certificate = "%4$s", key = "%5$s"
                        }
                        pools.core { backends = ["tls:%2$s"], tls = core }
                        rules = [ { pool = core } ]
                        """.formatted(
                                        net.proxy(),
                                        middle,
                                        certificates.file("ca.pem"),
                                        certificates.file("edge.pem"),
                                        certificates.file("edge.key")))
                        .awaitUp(1);
                SippProcess client = SippProcess.client(
                        edgeDirectory,
                        "uac",
                        Endpoint.of(outside, net.client(1)),
                        Endpoint.of(outside, net.proxy()),
                        load.towards(inside))) {
            Calls.assertAllWentThrough(client, load);
            // SIPp as a server takes an ACK that comes late on a busy machine for a failure: the program is asked
            // instead.
            String metrics = core.get("/metrics");
            assertThat(metrics)
                    .contains("strowger_messages_received_total{side=\"client\",transport=\"tls\"}")
                    .contains("strowger_tls_handshakes_total{result=\"full\",side=\"server\"}");
            double calls = metrics.lines()
                    .filter(line -> line.startsWith("strowger_backend_calls_total{"))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
            assertThat(calls).as("%s", edge.tail()).isEqualTo(load.calls());
        }
    }

    @ParameterizedTest
    @CsvSource({"-tls1_2", "-tls1_3"})
    void opensslTakesUpItsSessionAtARestartedProgram(String version) {
        Path directory = RunDirectory.create("tls-openssl" + version);
        Certificates certificates =
                Certificates.in(directory).issue("a", "DNS:a.example.com").issue("b", "DNS:b.example.com");
        try (ProxyProcess proxy = ProxyProcess.start(directory, net, """
                listeners.tls { transport = tls, bind = "%s:5061", tls = front }
                tls.front {
                  certificate = a.pem, key = a.key, certificates = [ { certificate = b.pem, key = b.key } ]
                }
                pools.none { backends = ["udp:%s"], health.probe = none }
                rules = [ { pool = none } ]
                """.formatted(net.proxy(), net.backend(1)))) {
            Path session = certificates.file("session");
            String first =
                    options(certificates, version, "-servername", "b.example.com", "-sess_out", session.toString());
            assertThat(first).contains("Verify return code: 0 (ok)", "CN = b", "SIP/2.0 200 OK");
            assertThat(options(certificates, version)).contains("CN = a");
            proxy.killHard();
            proxy.startAgain();
            String again =
                    options(certificates, version, "-servername", "b.example.com", "-sess_in", session.toString());
            assertThat(again).contains("Reused, TLSv1.", "SIP/2.0 200 OK");
            assertThat(proxy.get("/metrics"))
                    .contains("strowger_tls_handshakes_total{result=\"resumed\",side=\"server\"} 1.0");
        }
    }

    /** Asks for OPTIONS, and returns all that openssl printed. */
    private String options(Certificates certificates, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Tool.OPENSSL.path(),
                "s_client",
                "-connect",
                net.proxy() + ":5061",
                "-CAfile",
                certificates.file("ca.pem").toString()));
        command.addAll(List.of(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try {
                process.getOutputStream().write(request().getBytes(ISO_8859_1));
                process.getOutputStream().flush();
                InputStream in = process.getInputStream();
                StringBuilder text = new StringBuilder();
                byte[] bytes = new byte[8192];
                for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                    text.append(new String(bytes, 0, n, ISO_8859_1));
                    if (text.indexOf("SIP/2.0 200") >= 0) {
                        break;
                    }
                }
                process.getOutputStream().close();
                text.append(new String(in.readAllBytes(), ISO_8859_1));
                assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
                return text.toString();
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new AssertionError(command.toString(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private String request() {
        String self = net.proxy() + ":5061";
        return "OPTIONS sip:" + self + ";transport=tls SIP/2.0\r\n"
                + "Via: SIP/2.0/TLS " + net.client(1) + ":5061;branch=z9hG4bKo" + System.nanoTime() + ";rport\r\n"
                + "Max-Forwards: 70\r\n"
                + "From: <sip:o@example.com>;tag=1\r\n"
                + "To: <sip:" + self + ">\r\n"
                + "Call-ID: o" + System.nanoTime() + "@example.com\r\n"
                + "CSeq: 1 OPTIONS\r\n"
                + "Content-Length: 0\r\n\r\n";
    }
}
