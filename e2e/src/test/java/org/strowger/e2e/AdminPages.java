package org.strowger.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The pages of a proxy's admin address, read from here or, where that is out of reach, by curl where the proxy is. */
interface AdminPages {

    /** An answer: the status and the body. */
    record Page(int status, String body) {}

    Page get(String path) throws IOException;

    /** From this process. */
    static AdminPages here(String admin) {
        HttpClient http =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
        return path -> {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + admin + path))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            try {
                HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
                return new Page(answer.statusCode(), answer.body());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        };
    }

    /** From inside a network namespace. */
    static AdminPages inside(NetworkNamespace namespace, String admin) {
        String curl = Tool.CURL.path();
        return path -> {
            List<String> command = new ArrayList<>(
                    namespace.inside(List.of(curl, "-s", "-m", "5", "-w", "%{http_code}", "http://" + admin + path)));
            Process process = new ProcessBuilder(command).start();
            try (var out = process.getInputStream()) {
                String text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
                int code = text.length() - 3;
                if (process.waitFor() != 0 || code < 0) {
                    throw new IOException("curl " + admin + path + ": exit code " + process.exitValue());
                }
                return new Page(Integer.parseInt(text.substring(code)), text.substring(0, code));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        };
    }
}
