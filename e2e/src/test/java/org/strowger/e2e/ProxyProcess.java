package org.strowger.e2e;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.core.ConditionTimeoutException;

/**
 * The packaged program, running with one configuration. {@code -Dstrowger.command=PROGRAM} starts something else that
 * understands {@code run FILE}, such as a container.
 */
final class ProxyProcess implements AutoCloseable {
    /** A cluster key for tests: 32 bytes. */
    static final String CLUSTER_KEY = "c3Ryb3dnZXItZW5kLXRvLWVuZC10ZXN0LWtleS0wMDE=";

    private static final Duration READY_WITHIN = Duration.ofSeconds(30);

    private final Installation installation;
    private final Path directory;
    private final Path config;
    private final String admin;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
    private OsProcess process;

    private ProxyProcess(Installation installation, Path directory, Path config, String admin) {
        this.installation = installation;
        this.directory = directory;
        this.config = config;
        this.admin = admin;
        this.process = launch();
    }

    /** Starts the program with listeners, pools and rules; key and admin address are added; returns when it is ready. */
    static ProxyProcess start(Path directory, Loopback net, String settings) {
        return start(Installation.ofProject(), directory, net, settings);
    }

    /** The same from another place or as another user. */
    static ProxyProcess start(Installation installation, Path directory, Loopback net, String settings) {
        String admin = net.admin() + ":" + Loopback.freePort(net.admin());
        String text = "cluster-key = \"" + CLUSTER_KEY + "\"\nadmin { bind = \"" + admin + "\" }\n" + settings;
        Path file = RunDirectory.write(directory.resolve("strowger.conf"), text);
        ProxyProcess proxy = new ProxyProcess(installation, directory, file, admin);
        proxy.awaitReady();
        return proxy;
    }

    /** kill -9, as a crash would. */
    void killHard() {
        process.killHard();
    }

    /** Starts it again with the same configuration, and returns when it is ready. */
    void startAgain() {
        process = launch();
        awaitReady();
    }

    /** The body of a page of the admin address. */
    String get(String path) {
        try {
            return send(path).body();
        } catch (IOException e) {
            throw new AssertionError(path + ": " + e + "\n" + process.tail(), e);
        }
    }

    long pid() {
        return process.pid();
    }

    /** The last lines that it printed. */
    String tail() {
        return process.tail();
    }

    private OsProcess launch() {
        List<String> command = new ArrayList<>(installation.prefix());
        String other = System.getProperty("strowger.command");
        if (other != null) {
            command.add(other);
        } else {
            Jdk jdk = Jdk.newest();
            command.add(jdk.java().toString());
            command.addAll(jdk.options(installation.root()));
            command.addAll(List.of("-jar", installation.jar().toString()));
        }
        command.addAll(List.of("run", config.toString()));
        return OsProcess.start(directory, "strowger", command);
    }

    private void awaitReady() {
        try {
            await().atMost(READY_WITHIN)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> !process.isAlive() || isReady());
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("not ready within " + READY_WITHIN + "\n" + process.tail(), e);
        }
        if (!process.isAlive()) {
            throw new AssertionError("the proxy ended at once\n" + process.tail());
        }
    }

    private boolean isReady() {
        try {
            return send("/ready").statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private HttpResponse<String> send(String path) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + admin + path))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
