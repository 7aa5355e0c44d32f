package org.strowger.proxy;

import java.io.IOException;
import java.io.PrintWriter;
import org.strowger.proxy.admin.JsonWriter;
import org.strowger.threading.RunsOn;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code strowger weight POOL BACKEND WEIGHT}: another share of new calls. */
@RunsOn(RunsOn.Runner.ANY)
@Command(name = "weight", description = "Give a backend another share of new calls.", mixinStandardHelpOptions = true)
final class WeightCommand extends AdminCommand {

    @Parameters(index = "0", paramLabel = "POOL", description = "The pool.")
    private String pool = "";

    @Parameters(index = "1", paramLabel = "BACKEND", description = "The backend, for example udp:10.0.1.10:5060.")
    private String backend = "";

    @Parameters(index = "2", paramLabel = "WEIGHT", description = "0..10000, or file: what the file says.")
    private String weight = "";

    @Option(names = "--force", description = "Even if no backend is left for new calls.")
    private boolean force;

    @Override
    AdminClient.Answer ask(AdminClient client) throws IOException, InterruptedException {
        JsonWriter body = body(force);
        if (weight.equals("file")) {
            body.name("weight").nothing();
        } else {
            body.member("weight", number());
        }
        return client.send(
                "PUT", path(pool, backend) + "/weight", body.endObject().finish());
    }

    private long number() {
        try {
            return Long.parseLong(weight);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("weight: " + weight + " (expected: 0..10000, or file)", e);
        }
    }

    @Override
    int show(AdminClient.Answer answer, PrintWriter out) {
        return changed(answer, out);
    }
}
