package org.strowger.proxy;

import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import org.strowger.proxy.admin.JsonWriter;
import org.strowger.threading.RunsOn;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code strowger add POOL BACKEND}: one more member, or one that was removed again. */
@RunsOn(RunsOn.Runner.ANY)
@Command(name = "add", description = "Add a backend to a pool.", mixinStandardHelpOptions = true)
final class AddCommand extends AdminCommand {

    @Parameters(index = "0", paramLabel = "POOL", description = "The pool.")
    private String pool = "";

    @Parameters(index = "1", paramLabel = "BACKEND", description = "The backend: udp:ip[:port] or tcp:ip[:port].")
    private String backend = "";

    @Option(
            names = "--weight",
            paramLabel = "N",
            description = "Its share of new calls (default: what it has or the file says, else 1).")
    private @Nullable Integer weight;

    @Option(
            names = "--priority",
            paramLabel = "N",
            description = "Its tier; lower is used first (default: ${DEFAULT-VALUE}).")
    private int priority;

    @Option(names = "--zone", paramLabel = "ZONE", description = "Its availability zone.")
    private String zone = "";

    @Override
    AdminClient.Answer ask(AdminClient client) throws IOException, InterruptedException {
        JsonWriter body = new JsonWriter()
                .beginObject()
                .member("address", backend)
                .member("priority", priority)
                .member("zone", zone);
        if (weight != null) {
            body.member("weight", weight);
        }
        return client.send(
                "POST",
                "/pools" + AdminClient.segment(pool) + "/backends",
                body.endObject().finish());
    }

    @Override
    int show(AdminClient.Answer answer, PrintWriter out) {
        return changed(answer, out);
    }
}
