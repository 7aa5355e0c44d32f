package org.strowger.e2e;

import java.nio.file.Path;
import java.util.List;

/** Kamailio as a registrar and proxy that keeps Path: the real stack behind the balancer. */
final class KamailioProcess implements AutoCloseable {
    private final OsProcess process;

    private KamailioProcess(OsProcess process) {
        this.process = process;
    }

    /** Starts it on an address, UDP and TCP port 5060. */
    static KamailioProcess registrar(Path directory, String address) {
        Path config = RunDirectory.write(
                directory.resolve("registrar.cfg"),
                RunDirectory.resource("registrar.cfg").replace("ADDRESS", address));
        KamailioProcess kamailio = new KamailioProcess(OsProcess.start(
                directory,
                "kamailio",
                List.of(
                        Tool.KAMAILIO.path(),
                        "-DD",
                        "-E",
                        "-f",
                        config.toString(),
                        "-m",
                        "64",
                        "-P",
                        directory.resolve("kamailio.pid").toString(),
                        "-Y",
                        directory.toString())));
        kamailio.process.awaitOutput("processes \\(at least\\)", 1);
        return kamailio;
    }

    /** The last lines that it printed. */
    String tail() {
        return process.tail();
    }

    @Override
    public void close() {
        process.close();
    }
}
