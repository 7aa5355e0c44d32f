package org.strowger.proxy.admin;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * One operation of the API.
 *
 * @param method of HTTP
 * @param template of the path, with {@code {name}} for a segment that is a parameter
 */
record ApiRoute(String method, String template, Handler handler) {

    /** Answers a request. */
    @FunctionalInterface
    interface Handler {
        CompletionStage<AdminAnswer> answer(ApiRequest request);
    }

    /** The parameters of a path with these segments, if it is one of this template. */
    Optional<Map<String, String>> match(List<String> segments) {
        List<String> own = List.of(template.substring(1).split("/"));
        if (own.size() != segments.size()) {
            return Optional.empty();
        }
        Map<String, String> parameters = new HashMap<>();
        for (int i = 0; i < own.size(); i++) {
            String name = own.get(i);
            if (name.startsWith("{")) {
                parameters.put(name.substring(1, name.length() - 1), segments.get(i));
            } else if (!name.equals(segments.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(parameters);
    }

    boolean reads() {
        return method.equals("GET");
    }
}
