package org.strowger.proxy.explain;

import org.strowger.proxy.admin.JsonWriter;
import org.strowger.proxy.explain.Explanation.Candidate;
import org.strowger.proxy.explain.Explanation.Check;
import org.strowger.proxy.explain.Explanation.CookieNote;
import org.strowger.proxy.explain.Explanation.Line;
import org.strowger.proxy.explain.Explanation.PoolNote;
import org.strowger.proxy.explain.Explanation.RuleNote;

/** Writes an explanation for programs. */
public final class ExplanationJson {
    private ExplanationJson() {}

    /** One JSON object. */
    public static String of(Explanation e) {
        JsonWriter json = new JsonWriter().beginObject();
        message(json, e);
        json.name("cookies").beginArray();
        e.cookies().forEach(cookie -> cookie(json, cookie));
        json.endArray().name("checks").beginArray();
        for (Check check : e.checks()) {
            json.beginObject().member("name", check.name()).name("passed").value(check.passed());
            json.member("seen", check.seen()).endObject();
        }
        json.endArray().member("decidedBy", e.decidedBy()).name("rules").beginArray();
        e.rules().forEach(rule -> rule(json, rule));
        json.endArray();
        e.pool().ifPresent(pool -> pool(json, pool));
        json.name("outcome").beginObject();
        json.member("kind", e.outcome().kind().name())
                .member("backend", e.outcome().backend());
        json.member("status", e.outcome().status()).member("text", e.outcome().text());
        json.member("notes", e.outcome().notes()).endObject();
        json.name("listing").beginArray();
        for (Line line : e.listing()) {
            json.value(line.mark() + line.text());
        }
        return json.endArray().endObject().finish();
    }

    private static void message(JsonWriter json, Explanation e) {
        json.name("message").beginObject();
        json.member("summary", e.message().summary())
                .member("detail", e.message().detail());
        json.member("notes", e.message().notes()).member("failure", e.message().failure());
        json.member("clause", e.message().clause()).endObject();
        json.name("received").beginObject();
        json.member("from", e.received().from())
                .member("transport", e.received().transport());
        json.member("listener", e.received().listener());
        json.member("basis", e.received().basis()).endObject();
    }

    private static void cookie(JsonWriter json, CookieNote cookie) {
        json.beginObject().member("number", cookie.number()).member("place", cookie.place());
        json.member("verdict", cookie.verdict()).member("says", cookie.says());
        json.name("decides").value(cookie.isDeciding()).endObject();
    }

    private static void rule(JsonWriter json, RuleNote rule) {
        json.beginObject().member("number", rule.number()).member("place", rule.place());
        json.member("action", rule.action()).name("matches").value(rule.matches());
        json.member("why", rule.why()).endObject();
    }

    private static void pool(JsonWriter json, PoolNote pool) {
        json.name("pool").beginObject().member("name", pool.name()).member("policy", pool.policy());
        json.member("key", pool.key()).member("affinity", pool.affinity());
        json.name("candidates").beginArray();
        for (Candidate c : pool.candidates()) {
            json.beginObject().member("backend", c.backend()).member("weight", c.weight());
            json.member("tier", c.tier()).member("zone", c.zone()).member("takes", c.eligibility());
            json.name("figures").beginObject();
            for (int i = 0; i < Math.min(pool.columns().size(), c.figures().size()); i++) {
                json.member(pool.columns().get(i), c.figures().get(i));
            }
            json.endObject().name("chosen").value(c.isChosen()).endObject();
        }
        json.endArray()
                .member("choice", pool.choice())
                .member("why", pool.why())
                .endObject();
    }
}
