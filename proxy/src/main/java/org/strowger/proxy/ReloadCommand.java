package org.strowger.proxy;

import com.typesafe.config.Config;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import org.strowger.threading.RunsOn;
import picocli.CommandLine.Command;

/** {@code strowger reload}: the running proxy reads its file again. */
@RunsOn(RunsOn.Runner.ANY)
@Command(
        name = "reload",
        description = "Have the running proxy read its configuration again; a file with an error changes nothing.",
        mixinStandardHelpOptions = true)
final class ReloadCommand extends AdminCommand {

    @Override
    AdminClient.Answer ask(AdminClient client) throws IOException, InterruptedException {
        return client.send("POST", "/reload", "");
    }

    @Override
    boolean needsSoundFile() {
        return true;
    }

    @Override
    int show(AdminClient.Answer answer, PrintWriter out) {
        Config json = answer.json();
        json.getStringList("warnings").forEach(out::println);
        List<? extends Config> changes = json.getConfigList("changes");
        for (Config change : changes) {
            out.println((change.getBoolean("needsRestart") ? "! " : "  ")
                    + change.getString("path") + ": " + change.getString("before") + " -> "
                    + change.getString("after"));
        }
        json.getStringList("endedOverrides").forEach(line -> out.println("  override ended: " + line));
        int waiting = json.getInt("needsRestart");
        out.println(json.getString("file") + ": " + (changes.size() - waiting) + " changes in force"
                + (waiting == 0 ? "" : ", " + waiting + " need a restart (!)"));
        return 0;
    }
}
