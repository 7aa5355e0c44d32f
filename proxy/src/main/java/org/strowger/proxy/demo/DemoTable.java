package org.strowger.proxy.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.strowger.threading.RunsOn;

/** The live table of the demo: what the caller has seen and how the calls were spread. One thread at a time. */
@RunsOn(RunsOn.Runner.ANY)
final class DemoTable {
    private static final int BAR_WIDTH = 30;

    private final PrintStream out;
    private final TableStyle style;
    private int drawn;
    private long lastStarted;

    DemoTable(PrintStream out, TableStyle style) {
        this.out = out;
        this.style = style;
    }

    /**
     * Prints the state.
     *
     * @param age since the start
     * @param interval since the last call of this method, for the rate
     */
    void print(CallerReport report, Map<String, Long> callsPerBackend, Duration age, Duration interval) {
        double rate = (report.started() - lastStarted) / Math.max(1e-3, interval.toNanos() / 1e9);
        lastStarted = report.started();
        Map<String, Long> sorted = new TreeMap<>(callsPerBackend);
        if (style == TableStyle.LINES) {
            out.println(line(report, sorted, age, rate));
        } else {
            List<String> lines = table(report, sorted, age, rate);
            // Back to the first line of the last table, and clear from there.
            String up = drawn == 0 ? "" : "\u001b[" + drawn + "F\u001b[J";
            out.print(up + String.join("\n", lines) + "\n");
            drawn = lines.size();
        }
        out.flush();
    }

    /** The last line: the whole run in one sentence. */
    static String summary(CallerReport report, Map<String, Long> callsPerBackend, Duration age) {
        String text = text(
                "demo: %s; %d calls in %.1f s, %d answered, %d completed, %d failed, %d put on hold;"
                        + " %d other requests, %d failed; set-up p50 %.2f ms, p99 %.2f ms; %s",
                report.isClean() ? "OK" : "FAILED",
                report.started(),
                age.toMillis() / 1e3,
                report.answered(),
                report.completed(),
                report.failed(),
                report.held(),
                report.others() + report.othersFailed(),
                report.othersFailed(),
                report.setUpP50Micros() / 1e3,
                report.setUpP99Micros() / 1e3,
                shares(new TreeMap<>(callsPerBackend)));
        return report.failures().isEmpty() ? text : text + "; " + failures(report);
    }

    private static String line(CallerReport report, Map<String, Long> perBackend, Duration age, double rate) {
        return text(
                "%4d s  %d started  %d in progress  %d answered (%.1f %%)  %d failed  %.0f calls/s  p50 %.2f ms"
                        + "  p99 %.2f ms  %s",
                age.toSeconds(),
                report.started(),
                report.inProgress(),
                report.answered(),
                percent(report.answered(), report.started()),
                report.failed(),
                rate,
                report.setUpP50Micros() / 1e3,
                report.setUpP99Micros() / 1e3,
                shares(perBackend));
    }

    private static List<String> table(CallerReport report, Map<String, Long> perBackend, Duration age, double rate) {
        List<String> lines = new ArrayList<>();
        lines.add(text(
                "  calls      %,8d started   %,6d in progress   %,8d completed   %,4d failed",
                report.started(), report.inProgress(), report.completed(), report.failed()));
        lines.add(text(
                "  answered   %7.2f %%          %6.1f calls/s        %8d s running    %,4d held",
                percent(report.answered(), report.started()), rate, age.toSeconds(), report.held()));
        lines.add(text(
                "  set-up     %7.2f ms p50     %7.2f ms p99        (INVITE to 200)",
                report.setUpP50Micros() / 1e3, report.setUpP99Micros() / 1e3));
        lines.add(text(
                "  others     %,8d REGISTER and OPTIONS answered, %d failed", report.others(), report.othersFailed()));
        lines.add("");
        long all = perBackend.values().stream().mapToLong(Long::longValue).sum();
        perBackend.forEach((id, calls) -> {
            double share = percent(calls, all);
            String bar = "#".repeat((int) Math.round(share / 100 * BAR_WIDTH));
            lines.add(text("  %-26s %,9d calls %6.2f %%  %s", id, calls, share, bar));
        });
        if (!report.failures().isEmpty()) {
            lines.add("");
            lines.add("  failures   " + failures(report));
        }
        return lines;
    }

    private static String shares(Map<String, Long> perBackend) {
        long all = perBackend.values().stream().mapToLong(Long::longValue).sum();
        StringJoiner shares = new StringJoiner(", ");
        perBackend.forEach((id, calls) -> shares.add(text("%s %d (%.1f %%)", id, calls, percent(calls, all))));
        return shares.toString();
    }

    private static String failures(CallerReport report) {
        StringJoiner causes = new StringJoiner(", ");
        new TreeMap<>(report.failures()).forEach((cause, count) -> causes.add(count + " x " + cause));
        return causes.toString();
    }

    private static double percent(long part, long whole) {
        return whole == 0 ? 0 : 100.0 * part / whole;
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
