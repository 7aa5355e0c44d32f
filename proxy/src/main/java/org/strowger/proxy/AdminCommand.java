package org.strowger.proxy;

import com.typesafe.config.ConfigException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import java.util.concurrent.Callable;
import org.strowger.proxy.admin.JsonWriter;
import org.strowger.threading.RunsOn;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that is one request to the API of a running proxy. */
@RunsOn(RunsOn.Runner.ANY)
abstract class AdminCommand implements Callable<Integer> {
    /** The proxy does not answer, or could not do it. */
    static final int FAILED = 1;

    /** The request is wrong, or refused. */
    static final int REFUSED = 2;

    @Mixin
    private AdminTarget target = new AdminTarget();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Sends what it takes. */
    abstract AdminClient.Answer ask(AdminClient client) throws IOException, InterruptedException;

    /** Whether a configuration with an error is a reason not to ask. */
    boolean needsSoundFile() {
        return false;
    }

    /** Prints a good answer for people; returns the exit code. */
    abstract int show(AdminClient.Answer answer, PrintWriter out);

    @Override
    public final Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        List<String> wrong = needsSoundFile() ? target.problems(System.getenv()) : List.of();
        if (!wrong.isEmpty()) {
            wrong.forEach(err::println);
            return REFUSED;
        }
        AdminClient.Answer answer;
        try {
            answer = ask(target.client(System.getenv()));
        } catch (IOException e) {
            err.println(e.getMessage());
            return FAILED;
        } catch (IllegalArgumentException e) {
            err.println(e.getMessage());
            return REFUSED;
        }
        try {
            return print(answer, out, err);
        } catch (ConfigException e) {
            out.flush();
            err.println("not the answer of a Strowger (expected: its admin address by --admin, STROWGER_ADMIN or the"
                    + " configuration)");
            return FAILED;
        }
    }

    private int print(AdminClient.Answer answer, PrintWriter out, PrintWriter err) {
        if (target.isJson()) {
            out.print(answer.body());
            out.flush();
            return answer.isGood() ? show(answer, new PrintWriter(Writer.nullWriter())) : code(answer);
        }
        if (!answer.isGood()) {
            problems(answer).forEach(err::println);
            return code(answer);
        }
        int code = show(answer, out);
        out.flush();
        return code;
    }

    private static int code(AdminClient.Answer answer) {
        return answer.status() >= 500 ? FAILED : REFUSED;
    }

    private static List<String> problems(AdminClient.Answer answer) {
        return answer.json().hasPath("problems") ? answer.json().getStringList("problems") : List.of(answer.error());
    }

    /** The path of a backend of a pool. */
    static String path(String pool, String backend) {
        return "/pools" + AdminClient.segment(pool) + "/backends" + AdminClient.segment(backend);
    }

    /** A body that may say force. */
    static JsonWriter body(boolean force) {
        JsonWriter json = new JsonWriter().beginObject();
        return force ? json.member("force", true) : json;
    }

    /** {@code pool backend: before -> after}. */
    static int changed(AdminClient.Answer answer, PrintWriter out) {
        var json = answer.json();
        String line = json.getString("pool") + " " + json.getString("backend") + ": ";
        out.println(
                json.getBoolean("changed")
                        ? line + json.getString("before") + " -> " + json.getString("after")
                        : line + json.getString("after") + " already");
        return 0;
    }
}
