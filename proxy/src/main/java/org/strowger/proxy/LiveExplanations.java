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
import org.strowger.threading.RunsOn;

/** Explains messages to those who ask the running process. */
@RunsOn(RunsOn.Runner.ANY)
final class LiveExplanations implements ExplainPage {
    private final Explainer explainer;
    private final HttpExplainer http;

    LiveExplanations(Explainer explainer, HttpExplainer http) {
        this.explainer = explainer;
        this.http = http;
    }

    @Override
    public String explain(byte[] message, Map<String, String> query) {
        Origin origin = new Origin(Optional.ofNullable(query.get("from")), Optional.ofNullable(query.get("listener")));
        Explanation explanation =
                HttpExplainer.isHttp(message) ? http.explain(message, origin) : explainer.explain(message, origin);
        return "text".equals(query.get("format")) ? ExplanationText.of(explanation) : ExplanationJson.of(explanation);
    }
}
