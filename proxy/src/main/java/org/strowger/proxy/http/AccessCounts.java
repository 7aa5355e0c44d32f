package org.strowger.proxy.http;

import org.strowger.proxy.metrics.Counter;

/** What is counted of every request. */
final class AccessCounts {
    private static final Counter[] BY_CLASS = {
        Counter.HTTP_RESPONSES_1XX,
        Counter.HTTP_RESPONSES_2XX,
        Counter.HTTP_RESPONSES_3XX,
        Counter.HTTP_RESPONSES_4XX,
        Counter.HTTP_RESPONSES_5XX
    };

    private AccessCounts() {}

    static void asked(HttpLoop loop, RequestHead.Version version) {
        loop.count(version == RequestHead.Version.HTTP_2 ? Counter.HTTP_REQUESTS_2 : Counter.HTTP_REQUESTS_1);
    }

    /** The head of the final response goes to the client. */
    static void answered(HttpLoop loop, int status, long begunNanos) {
        loop.count(BY_CLASS[status / 100 - 1]);
        loop.add(Counter.HTTP_RESPONSE_MICROSECONDS, Math.max(0, (loop.nanoTime() - begunNanos) / 1000));
    }
}
