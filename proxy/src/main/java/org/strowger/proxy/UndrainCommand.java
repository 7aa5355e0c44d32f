package org.strowger.proxy;

import java.io.IOException;
import java.io.PrintWriter;
import org.strowger.threading.RunsOn;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code strowger undrain POOL BACKEND}: it takes part again. */
@RunsOn(RunsOn.Runner.ANY)
@Command(
        name = "undrain",
        description = "End a drain or a maintenance: the backend takes part again as its health allows.",
        mixinStandardHelpOptions = true)
final class UndrainCommand extends AdminCommand {

    @Parameters(index = "0", paramLabel = "POOL", description = "The pool.")
    private String pool = "";

    @Parameters(index = "1", paramLabel = "BACKEND", description = "The backend, for example udp:10.0.1.10:5060.")
    private String backend = "";

    @Override
    AdminClient.Answer ask(AdminClient client) throws IOException, InterruptedException {
        return client.send("POST", path(pool, backend) + "/undrain", "");
    }

    @Override
    int show(AdminClient.Answer answer, PrintWriter out) {
        return changed(answer, out);
    }
}
