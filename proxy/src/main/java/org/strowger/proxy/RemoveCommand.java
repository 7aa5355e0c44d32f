package org.strowger.proxy;

import java.io.IOException;
import java.io.PrintWriter;
import org.strowger.threading.RunsOn;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code strowger remove POOL BACKEND}: no member any more; its dialogs continue for a while. */
@RunsOn(RunsOn.Runner.ANY)
@Command(
        name = "remove",
        description = "Take a backend out of a pool; its established calls continue.",
        mixinStandardHelpOptions = true)
final class RemoveCommand extends AdminCommand {

    @Parameters(index = "0", paramLabel = "POOL", description = "The pool.")
    private String pool = "";

    @Parameters(index = "1", paramLabel = "BACKEND", description = "The backend, for example udp:10.0.1.10:5060.")
    private String backend = "";

    @Option(names = "--force", description = "Even if no backend is left for new calls.")
    private boolean force;

    @Override
    AdminClient.Answer ask(AdminClient client) throws IOException, InterruptedException {
        return client.send("DELETE", path(pool, backend) + (force ? "?force=true" : ""), "");
    }

    @Override
    int show(AdminClient.Answer answer, PrintWriter out) {
        return changed(answer, out);
    }
}
