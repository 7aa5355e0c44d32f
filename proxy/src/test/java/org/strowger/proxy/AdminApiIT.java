package org.strowger.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.proxy.admin.Schema;
import org.strowger.proxy.config.Machine;
import picocli.CommandLine;

/** The API and the commands of a running proxy, over real connections. */
@Timeout(120)
final class AdminApiIT {
    private static final String A = "udp:127.0.0.1:5071";
    private static final String B = "udp:127.0.0.1:5072";
    private static final String CONFIG = """
            event-loops = 1
            cluster-key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
            admin.bind = "127.0.0.1:0"
            listeners.udp { transport = udp, bind = "127.0.0.1:0" }
            pools.media { backends = ["udp:127.0.0.1:5071", { address = "udp:127.0.0.1:5072", weight = 2 }], health.probe = none }
            rules = [ { pool = media } ]
            """;
    private static final String MEMBERS = "/api/v1/pools/{pool}/backends";
    private static final String MEMBER = MEMBERS + "/{backend}";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    private Path folder;

    private Path file;
    private Strowger strowger;
    private AdminSurface admin;
    private Schema schema;

    @BeforeEach
    void start() throws Exception {
        start(CONFIG);
        schema = new Schema(send("GET", "/openapi.json", "", Map.of()).body());
    }

    private void start(String text) throws IOException {
        file = Files.writeString(folder.resolve("strowger.conf"), text);
        strowger = FromFile.start(file, new Machine(Map.of(), 1, "exchange"));
        admin = AdminSurface.open(strowger);
    }

    @AfterEach
    void stop() {
        admin.close();
        strowger.close();
    }

    private HttpResponse<String> send(String method, String path, String body, Map<String, String> headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + admin.address() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        headers.forEach(request::header);
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Sends, and compares the answer with the document. */
    private Config call(int status, String method, String template, String backend, String body) throws Exception {
        String path = template.replace("{pool}", "media").replace("{backend}", backend.replace(":", "%3A"));
        HttpResponse<String> response =
                send(method, path, body, Map.of("Content-Type", "application/json", "Strowger-Operator", "alice"));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        schema.check(method, template, status, response.body());
        return ConfigFactory.parseString(response.body());
    }

    private Config backend(String id) throws Exception {
        return call(200, "GET", MEMBER, id, "");
    }

    @Test
    void everythingThatCanBeReadIsAsDocumented() throws Exception {
        Config status = call(200, "GET", "/api/v1/status", "", "");
        assertThat(status.getString("file")).isEqualTo(file.toString());
        assertThat(status.getConfigList("pools").get(0).getConfigList("backends"))
                .hasSize(2);
        call(200, "GET", "/api/v1/pools", "", "");
        assertThat(call(200, "GET", "/api/v1/pools/{pool}", "", "").getString("name"))
                .isEqualTo("media");
        call(200, "GET", MEMBERS, "", "");
        assertThat(backend(B).getInt("weight")).isEqualTo(2);
        call(200, "GET", "/api/v1/overrides", "", "");
        call(200, "GET", "/api/v1/events", "", "");
        for (String page : List.of("/ready", "/live")) {
            schema.check("GET", page, 200, send("GET", page, "", Map.of()).body());
        }
        assertThat(send("HEAD", "/api/v1/status", "", Map.of()).statusCode()).isEqualTo(200);
    }

    @Test
    void aDrainIsShownAuditedRepeatableAndEnds() throws Exception {
        String drain = MEMBER + "/drain";
        Config done = call(200, "POST", drain, A, "{\"deadline\": \"10m\"}");
        assertThat(done.getBoolean("changed")).isTrue();
        assertThat(done.getString("before")).isEqualTo("READY, weight 1");
        assertThat(call(200, "POST", drain, A, "").getBoolean("changed")).isFalse();
        Config backend = backend(A);
        assertThat(backend.getString("adminState")).isEqualTo("DRAIN");
        assertThat(backend.getString("eligibility")).isEqualTo("ESTABLISHED_ONLY");
        assertThat(backend.getInt("drain.deadlineSeconds")).isBetween(590, 600);
        assertThat(backend.getString("override.by")).isEqualTo("alice");
        assertThat(call(409, "POST", drain, B, "").getString("error")).contains("or force");
        call(200, "POST", drain, B, "{\"force\": true}");
        call(200, "POST", MEMBER + "/undrain", B, "");
        call(200, "POST", MEMBER + "/undrain", A, "");
        assertThat(backend(A).hasPath("drain")).isFalse();
        List<? extends Config> events =
                call(200, "GET", "/api/v1/events", "", "").getConfigList("events");
        assertThat(events).hasSize(5);
        assertThat(events.get(0).getString("text"))
                .isEqualTo("media " + A + ": READY, weight 1 -> DRAIN, weight 1, deadline 10m");
        assertThat(events.get(0).getString("from")).startsWith("127.0.0.1:");
    }

    @Test
    void aDeadlineMakesItMaintenance() throws Exception {
        call(200, "POST", MEMBER + "/drain", A, "{\"deadline\": \"1ms\"}");
        Awaitility.await().until(() -> backend(A).getString("adminState").equals("MAINT"));
        List<? extends Config> events =
                call(200, "GET", "/api/v1/events", "", "").getConfigList("events");
        assertThat(events.get(1).getString("kind")).isEqualTo("drain-deadline");
        String end = "drain ended: deadline of 1ms reached, 0 dialogs left (asked for by alice)";
        assertThat(events.get(1).getString("text")).startsWith("media " + A + ": DRAIN -> MAINT, " + end + " after ");
        Awaitility.await().until(() -> backend(A).getString("reason").equals("drain -> maint: " + end));
        call(200, "POST", MEMBER + "/drain", B, "{\"deadline\": \"0s\", \"force\": true}");
        assertThat(backend(B).getString("eligibility")).isEqualTo("NONE");
    }

    @Test
    void weightsAndMembersChangeAndAReloadKeepsThem() throws Exception {
        String weight = MEMBER + "/weight";
        call(200, "PUT", weight, A, "{\"weight\": 7}");
        call(201, "POST", MEMBERS, "", "{\"address\": \"tcp:[::1]:5073\", \"weight\": 3, \"zone\": \"b\"}");
        assertThat(call(200, "POST", MEMBERS, "", "{\"address\": \"tcp:[::1]:5073\", \"weight\": 3, \"zone\": \"b\"}")
                        .getBoolean("changed"))
                .isFalse();
        call(200, "DELETE", MEMBER, B, "");
        Config reload = call(200, "POST", "/api/v1/reload", "", "");
        assertThat(reload.getConfigList("changes")).isEmpty();
        assertThat(backend(A).getInt("weight")).isEqualTo(7);
        assertThat(backend(A).getInt("configuredWeight")).isEqualTo(1);
        Config status = call(200, "GET", "/api/v1/status", "", "");
        assertThat(status.getStringList("leaving")).containsExactly(B);
        assertThat(status.getConfigList("overrides")).hasSize(3);
        assertThat(backend("tcp:[0:0:0:0:0:0:0:1]:5073".replace("[", "%5B").replace("]", "%5D"))
                        .getString("zone"))
                .isEqualTo("b");
        call(200, "PUT", weight, A, "{\"weight\": null}");
        assertThat(backend(A).getInt("weight")).isEqualTo(1);
        call(201, "POST", MEMBERS, "", "{\"address\": \"" + B + "\", \"weight\": 2}");
        call(200, "DELETE", MEMBER, "tcp:%5B::1%5D:5073", "");
        assertThat(call(200, "GET", "/api/v1/overrides", "", "").getConfigList("overrides"))
                .isEmpty();
    }

    @Test
    void aWrongRequestNamesTheFieldAndWhatWouldBeRight() throws Exception {
        String weight = MEMBER + "/weight";
        assertError(call(400, "PUT", weight, A, "{\"weight\": 20000}"), "weight", "weight: 20000 (expected: 0..10000)");
        assertError(call(400, "PUT", weight, A, "{\"weight\": \"7\"}"), "weight", "weight: 7 (expected: 0..10000)");
        assertError(
                call(400, "PUT", weight, A, "{\"wieght\": 7}"),
                "wieght",
                "wieght: unknown field (expected: one of [weight, force])");
        assertError(
                call(400, "PUT", weight, A, "{}"),
                "weight",
                "weight: missing (expected: 0..10000, or null for what the file says)");
        assertError(
                call(400, "PUT", weight, A, "[".repeat(16_000)),
                "body",
                "body: malformed (expected: a JSON object, of application/json)");
        assertError(
                call(400, "POST", MEMBER + "/drain", A, "{\"deadline\": \"10\"}"),
                "deadline",
                "deadline: 10 (expected: 0s..7d, with a unit, for example 10m or 1h30m)");
        assertThat(call(400, "POST", MEMBER + "/drain", A, "{\"deadline\": \"8d\"}")
                        .getString("field"))
                .isEqualTo("deadline");
        assertThat(call(400, "POST", MEMBERS, "", "{\"address\": \"upd:10.0.0.1\"}")
                        .getString("error"))
                .startsWith("address: upd:10.0.0.1 (expected: ")
                .contains("did you mean udp?");
        assertError(
                call(404, "PUT", weight, "udp:127.0.0.1:9", "{\"weight\": 1}"),
                "backend",
                "backend: udp:127.0.0.1:9 (expected: one of [" + A + ", " + B + "])");
        HttpResponse<String> pool = send("GET", "/api/v1/pools/medai", "", Map.of());
        assertThat(pool.statusCode()).isEqualTo(404);
        assertThat(pool.body()).contains("pool: medai (expected: one of [media])");
        HttpResponse<String> method = send("DELETE", "/api/v1/reload", "", Map.of("Content-Type", "application/json"));
        assertThat(method.statusCode()).isEqualTo(405);
        assertThat(method.headers().firstValue("allow")).contains("POST");
        assertThat(send("GET", "/api/v2/status", "", Map.of()).statusCode()).isEqualTo(404);
        assertThat(call(200, "GET", "/api/v1/events", "", "").getConfigList("events"))
                .isEmpty();
    }

    private static void assertError(Config answer, String field, String error) {
        assertThat(answer.getString("field")).isEqualTo(field);
        assertThat(answer.getString("error")).isEqualTo(error);
    }

    @Test
    void webPagesCannotChangeAnythingWhereNoTokenIsAskedFor() throws Exception {
        String drain = "/api/v1/pools/media/backends/" + A.replace(":", "%3A") + "/drain";
        assertThat(send("POST", drain, "", Map.of()).statusCode()).isEqualTo(415);
        assertThat(send("POST", drain, "{}", Map.of("Content-Type", "text/plain"))
                        .statusCode())
                .isEqualTo(415);
        try (Socket socket = connect()) {
            socket.getOutputStream()
                    .write(("POST " + drain
                                    + " HTTP/1.1\r\nHost: evil.example:8060\r\nContent-Type: application/json\r\n"
                                    + "Content-Length: 0\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 403 ");
        }
        assertThat(backend(A).getString("adminState")).isEqualTo("READY");
    }

    private Socket connect() throws IOException {
        URI uri = URI.create("http://" + admin.address());
        return new Socket(uri.getHost(), uri.getPort());
    }

    @Test
    void aTokenIsNeededWhereThereIsOneAndAReloadChangesIt() throws Exception {
        Files.writeString(file, CONFIG + "admin.token = 0123456789abcdef\n");
        call(200, "POST", "/api/v1/reload", "", "");
        Map<String, String> right = Map.of("Authorization", "Bearer 0123456789abcdef");
        assertThat(send("POST", "/api/v1/reload", "", Map.of()).statusCode()).isEqualTo(401);
        assertThat(send("GET", "/api/v1/status", "", Map.of()).statusCode()).isEqualTo(401);
        assertThat(send("POST", "/api/v1/reload", "", right).statusCode()).isEqualTo(200);
        Files.writeString(file, CONFIG);
        assertThat(send("POST", "/api/v1/reload", "", right).statusCode()).isEqualTo(200);
        assertThat(send("GET", "/api/v1/status", "", Map.of()).statusCode()).isEqualTo(200);
    }

    @Test
    void aRefusedFileIsAnsweredWithItsProblems() throws Exception {
        Files.writeString(file, CONFIG.replace("event-loops = 1", "event-loops = 1\nevent-lops = 2"));
        Config refused = call(422, "POST", "/api/v1/reload", "", "");
        assertThat(refused.getStringList("problems")).singleElement().asString().startsWith(file + ":2: event-lops");
    }

    @Test
    void pipelinedAnswersKeepTheirOrder() throws Exception {
        String change =
                "PUT /api/v1/pools/media/backends/" + A.replace(":", "%3A") + "/weight HTTP/1.1\r\nHost: localhost\r\n"
                        + "Content-Type: application/json\r\nContent-Length: 13\r\n\r\n{\"weight\": N}";
        String last = "GET /live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        try (Socket socket = connect()) {
            socket.getOutputStream()
                    .write((change.replace("N}", "5}") + change.replace("N}", "6}") + last)
                            .getBytes(StandardCharsets.US_ASCII));
            String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answers.indexOf("weight 5")).isPositive().isLessThan(answers.indexOf("weight 6"));
            assertThat(answers.indexOf("weight 6")).isLessThan(answers.indexOf("\"live\""));
        }
    }

    // --- the commands ---------------------------------------------------------------------------------------------

    /** What a command printed, and its exit code. */
    private record Printed(int code, String out, String err) {}

    private Printed run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--admin";
        all[arguments.length + 1] = admin.address();
        int code = Main.commands()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all);
        return new Printed(code, out.toString(), err.toString());
    }

    @Test
    void commandsDoWhatTheApiDoes() {
        assertThat(run("drain", "media", A, "--deadline", "10m"))
                .isEqualTo(new Printed(0, "media " + A + ": READY, weight 1 -> DRAIN, weight 1, deadline 10m\n", ""));
        assertThat(run("drain", "media", A))
                .isEqualTo(new Printed(0, "media " + A + ": DRAIN, weight 1 already\n", ""));
        assertThat(run("weight", "media", A, "5").out()).endsWith("DRAIN, weight 1 -> DRAIN, weight 5\n");
        assertThat(run("weight", "media", A, "file").out()).endsWith("DRAIN, weight 5 -> DRAIN, weight 1\n");
        assertThat(run("undrain", "media", A).out()).endsWith("DRAIN, weight 1 -> READY, weight 1\n");
        assertThat(run("add", "media", "udp:127.0.0.1:5074", "--weight", "4").out())
                .isEqualTo("media udp:127.0.0.1:5074: absent -> READY, weight 4, added\n");
        assertThat(run("remove", "media", "udp:127.0.0.1:5074").out()).endsWith("READY, weight 4, added -> absent\n");
        assertThat(run("reload").out()).isEqualTo(file + ": 0 changes in force\n");
    }

    @Test
    void statusIsATableAndItsExitCodeSaysWhetherToWorry() {
        Printed all = run("status");
        assertThat(all.code()).isZero();
        assertThat(all.out()).startsWith("""
                POOL   KIND  BACKEND             WEIGHT  ADMIN  HEALTH   BEGUN  PER SEC  OPEN  LATENCY  WHY
                media  sip   udp:127.0.0.1:5071  1       ready  unknown  0      0.0      0     -
                media  sip   udp:127.0.0.1:5072  2       ready  unknown  0      0.0      0     -

                LISTENER  TRANSPORT  ADDRESS""").containsPattern("udp +udp +127.0.0.1:\\d+ +- +- +- +by rules");
        run("drain", "media", A, "--deadline", "1h");
        Printed one = run("status");
        assertThat(one.code()).isZero();
        assertThat(one.out())
                .containsPattern(
                        "5071 .* drain .*drained for \\d+s; empty in about 0s; out in 59m5\\ds; ready -> drain: ");
        assertThat(run("remove", "media", B).code()).isEqualTo(2);
        run("remove", "media", B, "--force");
        Printed nobody = run("status");
        assertThat(nobody.code()).isEqualTo(StatusCommand.NOBODY);
        assertThat(nobody.out()).contains("(nobody takes new calls)", "leaving, with the calls they have: " + B);
        Printed json = run("status", "--json");
        assertThat(json.code()).isEqualTo(StatusCommand.NOBODY);
        schema.check("GET", "/api/v1/status", 200, json.out());
    }

    @Test
    void whatIsWrongGoesToStandardErrorWithAnExitCodeOfItsOwn() throws Exception {
        assertThat(run("weight", "media", A, "many"))
                .isEqualTo(new Printed(2, "", "weight: many (expected: 0..10000, or file)\n"));
        assertThat(run("drain", "medai", A)).isEqualTo(new Printed(2, "", "pool: medai (expected: one of [media])\n"));
        Files.writeString(file, CONFIG.replace("event-loops = 1", "event-loops = 0\nevent-lops = 2"));
        Printed refused = run("reload");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err().lines()).hasSize(2).allMatch(line -> line.startsWith(file + ":"));
        admin.close();
        Printed gone = run("status");
        assertThat(gone.code()).isEqualTo(1);
        assertThat(gone.err()).startsWith("http://" + admin.address() + ": no answer: ");
    }

    @Test
    void addressAndTokenComeFromTheConfiguration() throws Exception {
        Path other = Files.writeString(
                folder.resolve("other.conf"),
                CONFIG.replace("127.0.0.1:0\"\nlisteners", admin.address() + "\"\nlisteners"));
        StringWriter out = new StringWriter();
        int code = Main.commands().setOut(new PrintWriter(out, true)).execute("status", "--config", other.toString());
        assertThat(code).isZero();
        assertThat(out.toString()).contains(A);
    }

    @Test
    void everyCommandIsKnownAndHelps() {
        for (String command : List.of("status", "drain", "undrain", "weight", "add", "remove", "reload")) {
            StringWriter out = new StringWriter();
            CommandLine line = Main.commands().setOut(new PrintWriter(out, true));
            assertThat(line.execute(command, "--help")).as(command).isZero();
            assertThat(out.toString()).contains("Usage: strowger " + command, "--admin", "--token", "--json");
        }
    }
}
