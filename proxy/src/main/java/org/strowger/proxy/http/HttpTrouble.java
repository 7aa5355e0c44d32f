package org.strowger.proxy.http;

import org.strowger.proxy.metrics.Counter;

/** Why a request that could be read was not answered by a backend, or not to the end. */
enum HttpTrouble {
    NO_RULE(404, "no rule for this", Counter.HTTP_TROUBLE_NO_RULE),
    REJECTED(403, "rejected", Counter.HTTP_TROUBLE_REJECTED),
    NO_BACKEND(503, "no backend available", Counter.HTTP_TROUBLE_NO_BACKEND),
    BUSY(503, "too many connections to the backend", Counter.HTTP_TROUBLE_BUSY),
    CONNECT_FAILED(502, "backend cannot be reached", Counter.HTTP_TROUBLE_CONNECT_FAILED),
    CLOSED(502, "backend closed the connection", Counter.HTTP_TROUBLE_CLOSED),
    BAD_RESPONSE(502, "backend sent something that is not HTTP", Counter.HTTP_TROUBLE_BAD_RESPONSE),
    RESPONSE_TIMEOUT(504, "backend did not answer in time", Counter.HTTP_TROUBLE_RESPONSE_TIMEOUT),
    /** After the response began, or before the request's end. */
    STALLED(408, "nothing moved for too long", Counter.HTTP_TROUBLE_STALLED),
    /** The backend was taken out, and its time is over. */
    DRAINED(503, "backend was taken out", Counter.HTTP_TROUBLE_DRAINED),
    CLIENT_GONE(499, "client closed the connection", Counter.HTTP_TROUBLE_CLIENT_GONE);

    private final int status;
    private final String text;
    private final Counter counter;

    HttpTrouble(int status, String text, Counter counter) {
        this.status = status;
        this.text = text;
        this.counter = counter;
    }

    int status() {
        return status;
    }

    /** For people, and for the client. */
    String text() {
        return text;
    }

    Counter counter() {
        return counter;
    }
}
