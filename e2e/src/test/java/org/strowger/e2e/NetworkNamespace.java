package org.strowger.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A network namespace in which nothing but the loopback interface is up, held by a process of its own, so that it
 * vanishes with the test. Root only.
 */
final class NetworkNamespace implements AutoCloseable {
    private final OsProcess holder;

    private NetworkNamespace(OsProcess holder) {
        this.holder = holder;
    }

    /** Makes one; ends the test when this process may not. */
    static NetworkNamespace create(Path directory) {
        if (!"root".equals(System.getProperty("user.name"))) {
            throw Tool.missing("a network namespace needs root");
        }
        OsProcess holder = OsProcess.start(
                directory,
                "namespace",
                List.of(Tool.UNSHARE.path(), "-n", "sh", "-c", "ip link set lo up && echo up && exec sleep infinity"));
        holder.awaitOutput("^up", 1);
        return new NetworkNamespace(holder);
    }

    /** The command that runs a command inside. */
    List<String> inside(List<String> command) {
        List<String> full = new ArrayList<>(List.of("nsenter", "--net=/proc/" + holder.pid() + "/ns/net", "--"));
        full.addAll(command);
        return full;
    }

    /** Runs a command inside and returns what it printed; a failure ends the test. */
    String run(Path directory, String name, List<String> command) {
        OsProcess process = OsProcess.start(directory, name, inside(command));
        if (process.join(Duration.ofSeconds(20)) != 0) {
            throw new AssertionError(process.tail());
        }
        return process.output();
    }

    /** True when it is still there. */
    boolean exists() {
        return Files.exists(Path.of("/proc/" + holder.pid() + "/ns/net")) && holder.isAlive();
    }

    @Override
    public void close() {
        holder.close();
    }
}
