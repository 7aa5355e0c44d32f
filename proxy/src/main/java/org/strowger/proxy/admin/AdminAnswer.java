package org.strowger.proxy.admin;

/**
 * An answer of the admin server before it becomes HTTP.
 *
 * @param status HTTP status code
 * @param contentType media type of the body
 * @param body whole body
 * @param allow of an answer 405: the methods that the path has; else empty
 */
record AdminAnswer(int status, String contentType, String body, String allow) {
    static final String JSON = "application/json; charset=utf-8";
    static final String TEXT = "text/plain; charset=utf-8";
    static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    AdminAnswer(int status, String contentType, String body) {
        this(status, contentType, body, "");
    }

    /** 405, with the methods that there are. */
    static AdminAnswer notAllowed(String method, String allow) {
        AdminAnswer answer = error(405, method + " (expected: " + allow.replace(", ", " or ") + ")");
        return new AdminAnswer(answer.status(), answer.contentType(), answer.body(), allow);
    }

    static AdminAnswer json(int status, JsonWriter body) {
        return new AdminAnswer(status, JSON, body.finish() + "\n");
    }

    /** {@code {"error": text}}. */
    static AdminAnswer error(int status, String text) {
        return json(status, new JsonWriter().beginObject().member("error", text).endObject());
    }

    /** The same for a request with a field that is to blame: {@code {"error": ..., "field": ...}}. */
    static AdminAnswer error(int status, String field, String text) {
        return json(
                status,
                new JsonWriter()
                        .beginObject()
                        .member("error", (field.isEmpty() ? "" : field + ": ") + text)
                        .member("field", field)
                        .endObject());
    }
}
