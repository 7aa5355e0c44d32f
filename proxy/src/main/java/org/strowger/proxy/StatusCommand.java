package org.strowger.proxy;

import com.typesafe.config.Config;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.strowger.proxy.control.Durations;
import org.strowger.threading.RunsOn;
import picocli.CommandLine.Command;

/** {@code strowger status}: pools and backends in one table, listeners in another. The exit code says whether a script should worry. */
@RunsOn(RunsOn.Runner.ANY)
@Command(
        name = "status",
        description = "Show pools, backends and listeners of the running proxy.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:every backend that should take part does",
            "1:the proxy does not answer",
            "2:wrong usage, or the request is refused",
            "4:a backend should take part and does not",
            "5:a pool has no backend for new calls"
        })
final class StatusCommand extends AdminCommand {
    /** A backend should take part and does not. */
    static final int DEGRADED = 4;

    /** A pool has no backend for new calls. */
    static final int NOBODY = 5;

    /** As many of those that leave fit on a line or two. */
    private static final int NAMED = 10;

    private static final List<String> TITLES = List.of(
            "POOL", "KIND", "BACKEND", "WEIGHT", "ADMIN", "HEALTH", "BEGUN", "PER SEC", "OPEN", "LATENCY", "WHY");

    private static final List<String> LISTENER_TITLES =
            List.of("LISTENER", "TRANSPORT", "ADDRESS", "TLS", "OPEN", "LIMIT", "POOLS");

    @Override
    AdminClient.Answer ask(AdminClient client) throws IOException, InterruptedException {
        return client.send("GET", "/status", "");
    }

    @Override
    int show(AdminClient.Answer answer, PrintWriter out) {
        Config status = answer.json();
        TextTable rows = new TextTable(TITLES);
        int code = 0;
        for (Config pool : status.getConfigList("pools")) {
            String name = pool.getString("name");
            boolean somebody = false;
            for (Config backend : pool.getConfigList("backends")) {
                rows.add(row(name, pool.getString("kind"), backend));
                boolean takesNew = backend.getString("eligibility").equals("NEW_AND_ESTABLISHED");
                somebody |= takesNew && backend.getInt("weight") > 0;
                if (!takesNew && backend.getString("adminState").equals("READY")) {
                    code = Math.max(code, DEGRADED);
                }
            }
            if (!somebody) {
                rows.add(List.of(name, pool.getString("kind"), "(nobody takes new calls)"));
                code = NOBODY;
            }
        }
        rows.print(out);
        listeners(status, out);
        List<String> leaving = status.getStringList("leaving");
        if (!leaving.isEmpty()) {
            String more = leaving.size() > NAMED ? " and " + (leaving.size() - NAMED) + " more (--json)" : "";
            out.println("leaving, with the calls they have: "
                    + String.join(", ", leaving.subList(0, Math.min(NAMED, leaving.size()))) + more);
        }
        return code;
    }

    private static void listeners(Config status, PrintWriter out) {
        TextTable rows = new TextTable(LISTENER_TITLES);
        for (Config listener : status.getConfigList("listeners")) {
            boolean closing = listener.getString("state").equals("CLOSING");
            rows.add(List.of(
                    listener.getString("name"),
                    listener.getString("transport"),
                    closing ? "(closed)" : listener.getString("address"),
                    listener.hasPath("tls") ? listener.getString("tls") : "-",
                    listener.hasPath("open") ? listener.getString("open") : "-",
                    listener.hasPath("limit") ? listener.getString("limit") : "-",
                    listener.getStringList("pools").isEmpty()
                            ? "by rules"
                            : String.join(", ", listener.getStringList("pools"))));
        }
        out.println();
        rows.print(out);
    }

    private static List<String> row(String pool, String kind, Config backend) {
        return List.of(
                pool,
                kind,
                backend.getString("id"),
                Integer.toString(backend.getInt("weight")),
                backend.getString("adminState").toLowerCase(Locale.ROOT),
                backend.getString("healthState").toLowerCase(Locale.ROOT),
                Long.toString(backend.getLong("calls")),
                String.format(Locale.ROOT, "%.1f", backend.getDouble("callsPerSecond")),
                backend.hasPath("dialogs") ? Long.toString(backend.getLong("dialogs")) : "-",
                backend.hasPath("latencyMillis")
                        ? String.format(Locale.ROOT, "%.1fms", backend.getDouble("latencyMillis"))
                        : "-",
                why(backend));
    }

    private static String why(Config backend) {
        List<String> why = new ArrayList<>();
        if (backend.hasPath("drain")) {
            Config drain = backend.getConfig("drain");
            why.add("drained for " + seconds(drain, "seconds"));
            if (drain.hasPath("etaSeconds")) {
                why.add("empty in about " + seconds(drain, "etaSeconds"));
            }
            if (drain.hasPath("deadlineSeconds")) {
                why.add("out in " + seconds(drain, "deadlineSeconds"));
            }
        }
        if (!backend.getString("reason").isEmpty()) {
            why.add(backend.getString("reason"));
        }
        return String.join("; ", why);
    }

    private static String seconds(Config of, String field) {
        return Durations.text(Duration.ofSeconds(of.getLong(field)));
    }
}
