package org.strowger.proxy.http;

import java.util.function.Consumer;
import org.strowger.proxy.metrics.BackendCounter;
import org.strowger.proxy.metrics.BackendCounters;
import org.strowger.proxy.routing.Pool;
import org.strowger.proxy.routing.Target;
import org.strowger.threading.RunsOn;

/** What one request shows of its backend: counted, measured, and told to those who judge backends. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class BackendReport {
    private static final int MAX_BUSY_SECONDS = 3600;

    private final HttpLoop loop;
    private final Pool pool;
    private final Target backend;
    private final BackendCounters counters;
    private final boolean isMeasured;
    private final long begunNanos;
    private boolean isOver;

    /** It is about to be sent. */
    BackendReport(HttpLoop loop, Pool pool, Target backend) {
        this.loop = loop;
        this.pool = pool;
        this.backend = backend;
        this.counters = backend.counters(loop.number());
        this.isMeasured = backend.load().measuresRequests();
        this.begunNanos = loop.nanoTime();
        if (isMeasured) {
            backend.load().requestBegan();
        }
    }

    Pool pool() {
        return pool;
    }

    void sent() {
        counters.increment(BackendCounter.REQUESTS);
    }

    void interim(int status) {
        counters.increment(BackendCounter.response(status));
    }

    void answered(ResponseHead head) {
        int status = head.status();
        counters.increment(BackendCounter.response(status));
        long retryAfter = status == 503 ? FieldSyntax.length(head.fields().get("Retry-After", "")) : -1;
        if (retryAfter > 0) {
            counters.increment(BackendCounter.BUSY);
            counters.add(BackendCounter.BUSY_SECONDS, Math.min(retryAfter, MAX_BUSY_SECONDS));
        } else if (pool.redispatch().isFailure(status)) {
            counters.increment(BackendCounter.LISTED_ERRORS);
            loop.alarm().raise(backend);
        } else {
            counters.increment(BackendCounter.ANSWERED);
        }
        if (isMeasured) {
            long now = loop.nanoTime();
            backend.load().answered(now - begunNanos, now);
        }
    }

    void notConnected() {
        failed(BackendCounter.CONNECT_FAILURES);
    }

    /** It closed the connection instead of answering. */
    void closed() {
        failed(BackendCounter.RESETS);
    }

    void silent() {
        failed(BackendCounter.NO_RESPONSE);
        if (isMeasured) {
            backend.load().noResponse(loop.nanoTime());
        }
    }

    private void failed(BackendCounter counter) {
        counters.increment(counter);
        loop.alarm().raise(backend);
    }

    /** The request is over, with its body, its tunnel, or its failure. */
    void over() {
        if (!isOver) {
            isOver = true;
            if (isMeasured) {
                backend.load().requestEnded();
            }
        }
    }

    /** Something is done when it is over. */
    static void end(@org.jspecify.annotations.Nullable BackendReport report, Consumer<BackendReport> last) {
        if (report != null) {
            last.accept(report);
            report.over();
        }
    }
}
