package org.strowger.proxy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.strowger.proxy.admin.ExplainPage;
import org.strowger.threading.RunsOn;

/** Talks to the API of a running proxy. */
@RunsOn(RunsOn.Runner.ANY)
final class AdminClient {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    /** A reload waits for sockets; nothing else takes long. */
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private static final Duration EXPLANATION = Duration.ofSeconds(5);

    private final URI admin;
    private final Optional<String> token;
    private final String operator;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();

    AdminClient(URI admin, Optional<String> token, String operator) {
        this.admin = admin;
        this.token = token;
        this.operator = operator.replaceAll("[^!-~]", "");
    }

    /** An answer of the API. */
    record Answer(int status, String body) {

        boolean isGood() {
            return status >= 200 && status < 300;
        }

        /** The body, or an empty object when it is no JSON. */
        Config json() {
            try {
                return ConfigFactory.parseString(
                        body, ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON));
            } catch (ConfigException e) {
                return ConfigFactory.empty();
            }
        }

        /** What went wrong, for people. */
        String error() {
            Config json = json();
            return json.hasPath("error") ? json.getString("error") : "HTTP status " + status;
        }
    }

    /**
     * Sends a request and waits for its answer.
     *
     * @param path below {@code /api/v1}, its segments escaped by {@link #segment}
     * @param body empty: none
     * @throws IOException when there is no answer; the message names the address
     */
    Answer send(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(admin.resolve("/api/v1" + path))
                .timeout(ANSWER)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        return exchange(request);
    }

    /**
     * Asks what would become of a message.
     *
     * @param query behind the question mark, escaped
     * @throws IOException when there is no answer; the message names the address
     */
    Answer explain(String query, byte[] message) throws IOException, InterruptedException {
        String base = admin.toString().replaceAll("/+$", "");
        return exchange(HttpRequest.newBuilder(URI.create(base + ExplainPage.PATH + "?" + query))
                .timeout(EXPLANATION)
                .POST(HttpRequest.BodyPublishers.ofByteArray(message)));
    }

    private Answer exchange(HttpRequest.Builder request) throws IOException, InterruptedException {
        token.ifPresent(text -> request.header("Authorization", "Bearer " + text));
        if (!operator.isEmpty()) {
            request.header("Strowger-Operator", operator);
        }
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (IOException e) {
            String what = e instanceof ConnectException
                    ? "cannot connect, or no such host"
                    : e.getClass().getSimpleName();
            String why = e.getMessage() == null ? what : e.getMessage();
            throw new IOException(
                    admin + ": no answer: " + why + " (expected: the admin address of a running Strowger)", e);
        }
    }

    /** A path segment with everything escaped that is not a plain character. */
    static String segment(String text) {
        return "/" + URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
