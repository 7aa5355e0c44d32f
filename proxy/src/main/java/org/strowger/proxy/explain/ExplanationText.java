package org.strowger.proxy.explain;

import java.util.ArrayList;
import java.util.List;
import org.strowger.proxy.explain.Explanation.Candidate;
import org.strowger.proxy.explain.Explanation.Check;
import org.strowger.proxy.explain.Explanation.CookieNote;
import org.strowger.proxy.explain.Explanation.Line;
import org.strowger.proxy.explain.Explanation.PoolNote;
import org.strowger.proxy.explain.Explanation.RuleNote;
import org.strowger.threading.RunsOn;

/** Writes an explanation for a terminal of 96 columns. */
@RunsOn(RunsOn.Runner.ANY)
public final class ExplanationText {
    private static final int WIDTH = 96;
    private static final int LABEL = 11;

    private final StringBuilder out = new StringBuilder();

    private ExplanationText() {}

    /** The whole text, with a line feed after each line. */
    public static String of(Explanation e) {
        ExplanationText text = new ExplanationText();
        text.message(e);
        text.cookies(e.cookies());
        text.checks(e.checks());
        text.section("Decided by", e.decidedBy());
        text.rules(e.rules());
        e.pool().ifPresent(text::pool);
        text.section("Result", e.outcome().text());
        text.listing(e);
        return text.out.toString();
    }

    private void message(Explanation e) {
        section("Message", e.message().summary());
        more(e.message().detail());
        e.message().notes().forEach(this::more);
        if (!e.message().failure().isEmpty()) {
            String clause =
                    e.message().clause().isEmpty() ? "" : " (" + e.message().clause() + ")";
            more("refused: " + e.message().failure() + clause);
        }
        Explanation.Received r = e.received();
        section(
                "Received",
                "from " + r.from() + " over " + r.transport() + " on " + r.listener() + " (" + r.basis() + ")");
    }

    private void cookies(List<CookieNote> cookies) {
        String label = "Cookies";
        for (CookieNote cookie : cookies) {
            String number = cookie.number() == 0 ? "" : "cookie " + cookie.number() + " ";
            section(label, cookie.place() + ": " + number + cookie.verdict());
            label = "";
            if (!cookie.says().isEmpty()) {
                wrapped("  " + cookie.says(), LABEL + 2);
            }
        }
        if (cookies.isEmpty()) {
            section(label, "none of ours");
        }
    }

    private void checks(List<Check> checks) {
        String label = "Checks";
        for (Check check : checks) {
            section(label, (check.passed() ? "ok      " : "FAILED  ") + check.name() + ": " + check.seen());
            label = "";
        }
    }

    private void rules(List<RuleNote> rules) {
        int place = rules.stream().mapToInt(r -> r.place().length()).max().orElse(0);
        int action = rules.stream().mapToInt(r -> r.action().length()).max().orElse(0);
        String label = "Rules";
        for (RuleNote rule : rules) {
            String head = (rule.matches() ? "* " : "  ")
                    + padded(Integer.toString(rule.number()), 2)
                    + padded(rule.place(), place)
                    + padded(rule.action(), action);
            boolean fits = head.length() + rule.why().length() + LABEL <= WIDTH;
            section(label, fits ? head + rule.why() : head.stripTrailing());
            label = "";
            if (!fits) {
                wrapped("      " + rule.why(), LABEL + 6);
            }
        }
        if (!rules.isEmpty() && rules.stream().noneMatch(RuleNote::matches)) {
            more("no rule matches");
        }
    }

    private void pool(PoolNote pool) {
        section("Pool", pool.name() + ", " + pool.policy() + (pool.key().isEmpty() ? "" : " by " + pool.key()));
        more("affinity: " + (pool.affinity().isEmpty() ? "nothing remembered of this Call-ID" : pool.affinity()));
        List<List<String>> rows = new ArrayList<>();
        List<String> header = new ArrayList<>(List.of("", "backend", "weight", "tier", "zone", "takes"));
        header.addAll(pool.columns());
        rows.add(header);
        for (Candidate c : pool.candidates()) {
            List<String> row = new ArrayList<>(List.of(
                    c.isChosen() ? "*" : "",
                    c.backend(),
                    "" + c.weight(),
                    "" + c.tier(),
                    c.zone().isEmpty() ? "-" : c.zone(),
                    c.eligibility()));
            for (int i = 0; i < pool.columns().size(); i++) {
                row.add(i < c.figures().size() ? c.figures().get(i) : "-");
            }
            rows.add(row);
        }
        table(rows);
        section("Choice", pool.choice() + ": " + pool.why());
    }

    private void table(List<List<String>> rows) {
        for (int row = 0; row < rows.size(); row++) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < rows.get(row).size(); column++) {
                int c = column;
                int width = c == 0
                        ? 0
                        : rows.stream().mapToInt(r -> r.get(c).length()).max().orElse(0);
                line.append(padded(rows.get(row).get(c), Math.max(width, c == 0 ? 1 : 0), c == 0 ? 1 : 2));
            }
            section(row == 0 ? "Candidates" : "", line.toString().stripTrailing());
        }
    }

    private void listing(Explanation e) {
        e.outcome().notes().forEach(note -> wrapped(note, LABEL + 2));
        if (e.listing().isEmpty()) {
            return;
        }
        out.append('\n');
        for (Line line : e.listing()) {
            out.append(line.mark()).append(' ');
            // Unchanged lines are there for orientation only.
            boolean cut = line.mark() == ' ' && line.text().length() > WIDTH - 2;
            out.append(cut ? line.text().substring(0, WIDTH - 3) + "…" : line.text());
            out.append('\n');
        }
    }

    private void section(String label, String text) {
        if (!label.isEmpty() && out.length() > 0) {
            out.append('\n');
        }
        out.append(padded(label, LABEL - 1, 1));
        wrap(text, LABEL + 2);
    }

    private void more(String text) {
        section("", text);
    }

    private void wrapped(String text, int indent) {
        out.append(" ".repeat(LABEL));
        wrap(text, indent);
    }

    /** The label stands already; further lines are indented. */
    private void wrap(String text, int indent) {
        String rest = text;
        int room = WIDTH - LABEL;
        while (rest.length() > room) {
            int space = rest.lastIndexOf(' ', room);
            if (space <= rest.length() - rest.stripLeading().length()) {
                break;
            }
            out.append(rest, 0, space).append('\n').append(" ".repeat(indent));
            rest = rest.substring(space + 1);
            room = WIDTH - indent;
        }
        out.append(rest).append('\n');
    }

    private static String padded(String text, int width) {
        return padded(text, width, 2);
    }

    private static String padded(String text, int width, int gap) {
        return width == 0 && text.isEmpty() ? "" : text + " ".repeat(Math.max(0, width - text.length()) + gap);
    }
}
