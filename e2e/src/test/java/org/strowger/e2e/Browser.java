package org.strowger.e2e;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.core.ConditionTimeoutException;

/** A headless Chromium with pages that the test opens and commands: e2e/browser/browser.mjs. */
final class Browser implements AutoCloseable {
    /** For a machine with other things to do. */
    static final Duration PATIENCE = Duration.ofMinutes(1);

    private final OsProcess process;
    private final String address;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private Browser(OsProcess process, String address) {
        this.process = process;
        this.address = address;
    }

    /** The folder of the scripts; ends the test where Chromium, node or the packages are missing. */
    static Path scripts() {
        Tool.CHROMIUM.path();
        Tool.NODE.path();
        Path folder = RunDirectory.project().resolve("e2e/browser");
        if (!Files.isDirectory(folder.resolve("node_modules"))) {
            throw Tool.missing("the packages of e2e/browser are not installed (cd e2e/browser && npm ci)");
        }
        return folder;
    }

    /**
     * Starts it.
     *
     * @param ip where its own pages are served and commands are taken, on port 18080
     * @param certificate the one that it believes
     */
    static Browser start(Path directory, String ip, Path certificate) {
        String address = ip + ":18080";
        List<String> command = new ArrayList<>(
                List.of(Tool.NODE.path(), scripts().resolve("browser.mjs").toString()));
        command.addAll(List.of(Tool.CHROMIUM.path(), address, certificate.toString()));
        Browser browser = new Browser(OsProcess.start(directory, "browser", command), address);
        browser.process.awaitOutput("browser is ready", 1);
        return browser;
    }

    /** Where its own pages are: {@code http://ip:port}. */
    String origin() {
        return "http://" + address;
    }

    /** The same as {@code ip:port}. */
    String address() {
        return address;
    }

    /** Opens a page in a profile of its own. */
    void open(String page, String url) {
        command("open", page, url);
    }

    /** What a script comes to on a page, as JSON; a promise is waited for. */
    String run(String page, String script) {
        return command("run", page, script);
    }

    /** Closes a page, as a user closes a tab. */
    void close(String page) {
        command("close", page, "");
    }

    /** A command about a page or a wire; the answer as JSON. */
    String command(String action, String name, String body) {
        URI uri = URI.create(origin() + "/do/" + action + "?name=" + URLEncoder.encode(name, StandardCharsets.UTF_8));
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(PATIENCE)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new AssertionError(uri + " " + body + ": " + answer.body() + "\n" + process.tail());
            }
            return answer.body();
        } catch (IOException e) {
            throw new AssertionError(uri + ": " + e + "\n" + process.tail(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Waits until a script comes to {@code true} on a page. */
    void awaitTrue(String page, String script) {
        try {
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> "true".equals(run(page, script)));
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(page + ": " + script + " (expected: true)\n" + process.tail(), e);
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
