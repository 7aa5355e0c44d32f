package org.strowger.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.proxy.config.Machine;

/** What operators get wrong, and what they are told, by the commands and the API of a running proxy. */
@Timeout(120)
final class OperatorMistakesIT {
    private static final String CONFIG = """
            event-loops = 1
            cluster-key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
            admin.bind = "127.0.0.1:0"
            listeners.udp { transport = udp, bind = "127.0.0.1:0" }
            pools.media { backends = ["udp:127.0.0.1:5071", { address = "udp:127.0.0.1:5072", weight = 2 }], health.probe = none }
            rules = [ { pool = media } ]
            """;

    @TempDir
    private Path folder;

    private Strowger strowger;
    private AdminSurface admin;

    @BeforeEach
    void start() throws IOException {
        Path file = Files.writeString(folder.resolve("strowger.conf"), CONFIG);
        strowger = FromFile.start(file, new Machine(Map.of(), 1, "exchange"));
        admin = AdminSurface.open(strowger);
    }

    @AfterEach
    void stop() {
        admin.close();
        strowger.close();
    }

    /** What a command prints, after its exit code. */
    private static String run(String... arguments) {
        StringWriter out = new StringWriter();
        PrintWriter writer = new PrintWriter(out, true);
        int code = Main.commands().setOut(writer).setErr(writer).execute(arguments);
        return code + " " + out;
    }

    private String at() {
        return "--admin=http://" + admin.address();
    }

    @Test
    void aBackendThatThePoolCannotHaveIsNotAdded() {
        assertThat(run("add", "media", "http:127.0.0.1:8088", at()))
                .startsWith(
                        "2 address: http:127.0.0.1:8088 (expected: udp:, tcp:, tls:, ws: or wss:, since pool media is"
                                + " sip)");
        assertThat(run("status", at())).doesNotContain("8088");
    }

    @Test
    void addingABackendOfTheFileAgainKeepsItsWeight() {
        assertThat(run("remove", "media", "udp:127.0.0.1:5072", at())).startsWith("0 ");
        assertThat(run("add", "media", "udp:127.0.0.1:5072", at()))
                .startsWith("0 media udp:127.0.0.1:5072: absent -> READY, weight 2");
    }

    @Test
    void anotherDeadlineIsAChangeThatIsSeen() {
        assertThat(run("drain", "media", "udp:127.0.0.1:5071", at()))
                .startsWith("0 media udp:127.0.0.1:5071: READY, weight 1 -> DRAIN, weight 1");
        assertThat(run("drain", "media", "udp:127.0.0.1:5071", "--deadline=90m", at()))
                .startsWith("0 media udp:127.0.0.1:5071: DRAIN, weight 1 -> DRAIN, weight 1, deadline 1h30m");
        assertThat(strowger.operations().events())
                .anyMatch(event -> event.text().endsWith("-> DRAIN, weight 1, deadline 1h30m"));
        assertThat(run("drain", "media", "udp:127.0.0.1:5071", at())).contains("DRAIN, weight 1 already");
        assertThat(run("drain", "media", "udp:127.0.0.1:5071", "--deadline=8d", at()))
                .startsWith("2 deadline: 8d (expected: 0s..7d)");
    }

    @Test
    void explainAsksTheSameAddressesAsTheOtherCommands() throws IOException {
        Path message = Files.writeString(folder.resolve("options.sip"), """
                OPTIONS sip:bob@example.com SIP/2.0
                Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1
                From: <sip:a@example.com>;tag=1
                To: <sip:bob@example.com>
                Call-ID: 1
                CSeq: 1 OPTIONS
                """);
        assertThat(run("explain", "--admin=" + admin.address(), message.toString()))
                .startsWith("0 Message")
                .contains("forward to udp:127.0.0.1:507");
        assertThat(run("explain", at(), folder.toString())).startsWith("2 " + folder + ": a directory (expected: ");
    }

    @Test
    void explainIsForPost() throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://" + admin.address() + "/explain"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).contains("POST");
    }

    @Test
    void anotherServerIsNoStrowger() throws IOException {
        HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        other.createContext("/", exchange -> {
            byte[] body = "<html>It works!</html>".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        other.start();
        try {
            String at = "--admin=http://127.0.0.1:" + other.getAddress().getPort();
            assertThat(run("status", at)).startsWith("1 not the answer of a Strowger (expected: ");
            assertThat(run("drain", "a", "udp:127.0.0.1:1", at)).startsWith("1 not the answer of a Strowger");
            assertThat(run("reload", "--json", at)).startsWith("1 <html>");
        } finally {
            other.stop(0);
        }
    }
}
