package org.strowger.proxy;

import java.util.Map;
import java.util.Optional;
import org.strowger.proxy.admin.ExplainPage;
import org.strowger.proxy.explain.Explainer;
import org.strowger.proxy.explain.Explanation;
import org.strowger.proxy.explain.ExplanationJson;
import org.strowger.proxy.explain.ExplanationText;
import org.strowger.proxy.explain.Origin;
import org.strowger.proxy.http.HttpExplainer;
import org.strowger.proxy.relay.RelayExplainer;
import org.strowger.threading.RunsOn;

/** Explains whatever it is given, by what is running or by a file. */
@RunsOn(RunsOn.Runner.ANY)
final class Explanations implements ExplainPage {
    private final Explainer explainer;
    private final HttpExplainer http;
    private final RelayExplainer relays;

    Explanations(Explainer explainer, HttpExplainer http, RelayExplainer relays) {
        this.explainer = explainer;
        this.http = http;
        this.relays = relays;
    }

    @Override
    public String explain(byte[] message, Map<String, String> query) {
        Origin origin = new Origin(Optional.ofNullable(query.get("from")), Optional.ofNullable(query.get("listener")));
        Explanation explanation = of(message, origin, Optional.ofNullable(query.get("sni")));
        return "text".equals(query.get("format")) ? ExplanationText.of(explanation) : ExplanationJson.of(explanation);
    }

    /** Of a SIP message, an HTTP request, or, without any, of a connection to a relay. */
    Explanation of(byte[] message, Origin origin, Optional<String> sni) {
        if (message.length == 0 || relays.isFor(origin)) {
            return relays.explain(origin, sni);
        }
        return HttpExplainer.isHttp(message) ? http.explain(message, origin) : explainer.explain(message, origin);
    }
}
