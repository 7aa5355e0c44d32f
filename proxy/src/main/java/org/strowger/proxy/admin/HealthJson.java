package org.strowger.proxy.admin;

import org.strowger.health.Transition;

/** Writes a {@link MemberHealth} into the object of its backend. */
final class HealthJson {

    private HealthJson() {}

    static void write(JsonWriter json, MemberHealth health) {
        json.member("ejection", health.state().ejection().name());
        json.name("maintenance").value(health.state().isInMaintenance());
        json.member("since", health.state().since().toString());
        health.probe().ifPresent(probe -> probe(json.name("probe"), probe));
        json.name("transitions").beginArray();
        for (Transition transition : health.transitions()) {
            json.beginObject()
                    .member("at", transition.at().toString())
                    .member("what", transition.what())
                    .member("cause", transition.cause())
                    .member("evidence", transition.evidence())
                    .endObject();
        }
        json.endArray();
    }

    private static void probe(JsonWriter json, MemberHealth.ProbeView probe) {
        json.beginObject().member("sent", probe.sent());
        probe.lastSent().ifPresent(at -> json.member("lastSent", at.toString()));
        json.member("nextDueMillis", probe.nextDueMillis());
        if (!probe.lastResult().isEmpty()) {
            json.member("lastResult", probe.lastResult()).member("lastEvidence", probe.lastEvidence());
        }
        if (probe.rttMicros() >= 0) {
            json.member("rttMicros", probe.rttMicros());
        }
        json.endObject();
    }
}
