package org.strowger.proxy.metrics;

import java.util.List;

/** What is counted for each backend: a {@link MetricName} with the label values that follow the backend's id. */
public enum BackendCounter {
    REQUESTS(MetricName.BACKEND_REQUESTS, "requests"),
    CALLS(MetricName.BACKEND_CALLS, "calls"),
    RESPONSES_1XX(MetricName.BACKEND_RESPONSES, "responses1xx", "1xx"),
    RESPONSES_2XX(MetricName.BACKEND_RESPONSES, "responses2xx", "2xx"),
    RESPONSES_3XX(MetricName.BACKEND_RESPONSES, "responses3xx", "3xx"),
    RESPONSES_4XX(MetricName.BACKEND_RESPONSES, "responses4xx", "4xx"),
    RESPONSES_5XX(MetricName.BACKEND_RESPONSES, "responses5xx", "5xx"),
    RESPONSES_6XX(MetricName.BACKEND_RESPONSES, "responses6xx", "6xx"),
    ICMP_ERRORS(MetricName.BACKEND_FAILURES, "icmpErrors", "icmp"),
    /** The kernel or a full outbound queue refused a message. */
    SEND_FAILURES(MetricName.BACKEND_FAILURES, "sendFailures", "send"),
    /** A connection that it did not accept, or that timed out. */
    CONNECT_FAILURES(MetricName.BACKEND_FAILURES, "connectFailures", "connect"),
    /** Attempts that began something new and were answered above 100, neither by a listed error nor 503 with Retry-After. */
    ANSWERED(MetricName.BACKEND_OUTCOMES, "answered", "answered"),
    /** Attempts without a response in time. */
    NO_RESPONSE(MetricName.BACKEND_OUTCOMES, "noResponse", "no-response"),
    /** Attempts without any response when they were repeated for the first time. */
    SILENCES(MetricName.BACKEND_SILENCES, "silences"),
    /** Attempts answered with a code of the pool's {@code passive.errors}. */
    LISTED_ERRORS(MetricName.BACKEND_OUTCOMES, "listedErrors", "listed-error"),
    /** Attempts answered 503 with Retry-After. */
    BUSY(MetricName.BACKEND_OUTCOMES, "busy", "busy"),
    /** The seconds of those Retry-After, added up. */
    BUSY_SECONDS(MetricName.BACKEND_BUSY_SECONDS, "busySeconds"),
    /** Connections that it reset. */
    RESETS(MetricName.BACKEND_FAILURES, "resets", "reset"),
    /** Requests that went on from it to another backend. */
    REDISPATCHED(MetricName.BACKEND_REDISPATCHED, "redispatched"),
    /** Connections and flows of relays. */
    RELAYS_BEGUN(MetricName.BACKEND_RELAYED, "relaysBegun", "begun"),
    RELAYS_ENDED(MetricName.BACKEND_RELAYED, "relaysEnded", "ended"),
    RELAYED_TO(MetricName.BACKEND_RELAYED_BYTES, "relayedTo", "to-backend"),
    RELAYED_FROM(MetricName.BACKEND_RELAYED_BYTES, "relayedFrom", "from-backend");

    private static final BackendCounter[] BY_CLASS = {
        RESPONSES_1XX, RESPONSES_2XX, RESPONSES_3XX, RESPONSES_4XX, RESPONSES_5XX, RESPONSES_6XX
    };

    private final MetricName metric;
    private final String jsonName;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> labelValues;

    BackendCounter(MetricName metric, String jsonName, String... labelValues) {
        this.metric = metric;
        this.jsonName = jsonName;
        this.labelValues = List.of(labelValues);
    }

    /** The metric that this is a series of, once per backend. */
    public MetricName metric() {
        return metric;
    }

    /** The name in the JSON of {@code /backends}. */
    public String jsonName() {
        return jsonName;
    }

    /** The values of the label keys after {@code backend}. */
    public List<String> labelValues() {
        return labelValues;
    }

    /** The counter of responses of the class of {@code status}, which is 100..699. */
    public static BackendCounter response(int status) {
        return BY_CLASS[status / 100 - 1];
    }
}
