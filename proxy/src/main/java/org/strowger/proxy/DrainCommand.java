package org.strowger.proxy;

import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import org.strowger.proxy.admin.JsonWriter;
import org.strowger.threading.RunsOn;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code strowger drain POOL BACKEND}: no new dialogs; established ones continue. */
@RunsOn(RunsOn.Runner.ANY)
@Command(
        name = "drain",
        description = "Give a backend no new calls; established ones continue.",
        mixinStandardHelpOptions = true)
final class DrainCommand extends AdminCommand {

    @Parameters(index = "0", paramLabel = "POOL", description = "The pool.")
    private String pool = "";

    @Parameters(index = "1", paramLabel = "BACKEND", description = "The backend, for example udp:10.0.1.10:5060.")
    private String backend = "";

    @Option(
            names = "--deadline",
            paramLabel = "TIME",
            description = "Take it out altogether after that time, for example 10m; 0s: at once (default: never).")
    private @Nullable String deadline;

    @Option(names = "--force", description = "Even if no backend is left for new calls.")
    private boolean force;

    @Override
    AdminClient.Answer ask(AdminClient client) throws IOException, InterruptedException {
        JsonWriter body = body(force);
        if (deadline != null) {
            body.member("deadline", deadline);
        }
        return client.send(
                "POST", path(pool, backend) + "/drain", body.endObject().finish());
    }

    @Override
    int show(AdminClient.Answer answer, PrintWriter out) {
        return changed(answer, out);
    }
}
