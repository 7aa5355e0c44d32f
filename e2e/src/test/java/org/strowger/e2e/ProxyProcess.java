package org.strowger.e2e;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
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
    private final AdminPages pages;
    private OsProcess process;

    private ProxyProcess(Installation installation, Path directory, Path config, String admin, AdminPages pages) {
        this.installation = installation;
        this.directory = directory;
        this.config = config;
        this.admin = admin;
        this.pages = pages;
        this.process = launch();
    }

    /** Starts the program with listeners, pools and rules; key and admin address are added; returns when it is ready. */
    static ProxyProcess start(Path directory, Loopback net, String settings) {
        return start(Installation.ofProject(), directory, net, settings);
    }

    /** The same from another place or as another user. */
    static ProxyProcess start(Installation installation, Path directory, Loopback net, String settings) {
        String admin = net.admin() + ":" + Loopback.freePort(net.admin());
        return start(installation, directory, admin, AdminPages.here(admin), settings);
    }

    /** The same inside a network namespace. */
    static ProxyProcess start(NetworkNamespace namespace, Path directory, Loopback net, String settings) {
        String admin = net.admin() + ":8060";
        Installation inside = new Installation(Installation.ofProject().root(), namespace.inside(List.of()));
        return start(inside, directory, admin, AdminPages.inside(namespace, admin), settings);
    }

    private static ProxyProcess start(
            Installation installation, Path directory, String admin, AdminPages pages, String settings) {
        Path file = RunDirectory.write(directory.resolve("strowger.conf"), head(admin) + settings);
        ProxyProcess proxy = new ProxyProcess(installation, directory, file, admin, pages);
        try {
            proxy.awaitReady();
        } catch (AssertionError e) {
            // Nobody else could end it.
            proxy.close();
            throw e;
        }
        return proxy;
    }

    private static String head(String admin) {
        return "cluster-key = \"" + CLUSTER_KEY + "\"\nadmin { bind = \"" + admin + "\" }\n";
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
            return pages.get(path).body();
        } catch (IOException e) {
            throw new AssertionError(path + ": " + e + "\n" + process.tail(), e);
        }
    }

    /** Writes other listeners, pools and rules to its file, which it does not look at before a reload; returns the file. */
    Path configure(String settings) {
        return RunDirectory.write(config, head(admin) + settings);
    }

    /** The line of its file, from 1, that holds a text. */
    int lineOf(String text) {
        List<String> lines = RunDirectory.lines(config);
        for (int i = lines.size() - 1; i >= 0; i--) {
            if (lines.get(i).contains(text)) {
                return i + 1;
            }
        }
        throw new IllegalArgumentException(config + ": " + text + " (expected: some line with it)");
    }

    /** SIGHUP: it reads its file again. */
    void hangUp() {
        process.signal("HUP");
    }

    /** Starts a command of the program beside it, such as {@code reload}, about this running one. */
    OsProcess command(String name, String... words) {
        Jdk jdk = Jdk.newest();
        List<String> command = new ArrayList<>(installation.prefix());
        command.addAll(List.of(jdk.java().toString(), "-XX:TieredStopAtLevel=1", "-jar"));
        command.add(installation.jar().toString());
        command.addAll(List.of(words));
        command.addAll(List.of("--admin", "http://" + admin));
        return OsProcess.start(directory, name, command);
    }

    /** How often a regular expression occurs in what it has printed. */
    int count(String regex) {
        return process.count(regex);
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

    /**
     * Waits until so many backends have answered a probe. The first ones after the start of two virtual machines are slow, with TLS
     * above all, and a pool whose only member is down refuses what it does not try that with.
     */
    ProxyProcess awaitUp(int backends) {
        try {
            await().atMost(READY_WITHIN)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> get("/backends").split("\"healthState\":\"UP\"", -1).length > backends);
        } catch (ConditionTimeoutException e) {
            String tail = process.tail();
            close();
            throw new AssertionError("not " + backends + " backends up within " + READY_WITHIN + "\n" + tail, e);
        }
        return this;
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
            return pages.get("/ready").status() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
