package org.strowger.proxy.admin;

/**
 * An answer of the admin server before it becomes HTTP.
 *
 * @param status HTTP status code
 * @param contentType media type of the body
 * @param body whole body
 */
record AdminAnswer(int status, String contentType, String body) {
    static final String JSON = "application/json; charset=utf-8";
    static final String TEXT = "text/plain; charset=utf-8";
    static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    static AdminAnswer json(int status, JsonWriter body) {
        return new AdminAnswer(status, JSON, body.finish() + "\n");
    }

    /** {@code {"error": text}}. */
    static AdminAnswer error(int status, String text) {
        return json(status, new JsonWriter().beginObject().member("error", text).endObject());
    }
}
