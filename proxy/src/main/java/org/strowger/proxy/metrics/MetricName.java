package org.strowger.proxy.metrics;

import java.util.List;

/**
 * Every metric of ours: its Prometheus name, its help text and the keys of its labels. {@code docs/metrics.md} lists
 * the same names, which a test compares.
 *
 * <p>No label takes a value that a stranger can choose: values are constants of enums, or ids of pools and backends.
 */
public enum MetricName {
    MESSAGES_RECEIVED(Kind.COUNTER, "strowger_messages_received_total", "SIP messages received.", "transport", "side"),
    MESSAGES_SENT(
            Kind.COUNTER,
            "strowger_messages_sent_total",
            "SIP messages sent on; the replies of the proxy itself are counted apart.",
            "transport",
            "side"),
    BYTES_RECEIVED(Kind.COUNTER, "strowger_bytes_received_total", "Bytes of payload received.", "transport"),
    BYTES_SENT(Kind.COUNTER, "strowger_bytes_sent_total", "Bytes of payload handed to the kernel.", "transport"),
    REQUESTS(Kind.COUNTER, "strowger_requests_total", "Well-formed requests received, by method.", "method"),
    RESPONSES(Kind.COUNTER, "strowger_responses_total", "Well-formed responses received, by class.", "class"),
    REQUESTS_FORWARDED(
            Kind.COUNTER, "strowger_requests_forwarded_total", "Requests sent on, by where they went.", "to"),
    RESPONSES_FORWARDED(
            Kind.COUNTER,
            "strowger_responses_forwarded_total",
            "Responses returned to the hop that their request came from."),
    REPLIES(Kind.COUNTER, "strowger_replies_total", "Responses made by the proxy itself, by status.", "status"),
    DROPS(
            Kind.COUNTER,
            "strowger_drops_total",
            "Messages dropped without an answer, by reason; docs/operations.md explains each.",
            "reason"),
    PARSE_FAILURES(
            Kind.COUNTER,
            "strowger_parse_failures_total",
            "Messages that the parser refused, by reason; requests among them are answered where an answer is owed.",
            "reason"),
    KEEP_ALIVES(
            Kind.COUNTER,
            "strowger_keepalives_total",
            "Keep-alives answered or swallowed before parsing (RFC 5626).",
            "kind"),
    COOKIES(
            Kind.COUNTER,
            "strowger_cookies_verified_total",
            "Messages that a cookie was to decide, by verdict and by the cluster key that signed it.",
            "verdict",
            "key"),
    AFFINITY(
            Kind.COUNTER,
            "strowger_affinity_lookups_total",
            "Look-ups in a pool's affinity table while it was not empty, by result (hit, miss).",
            "pool",
            "result"),
    AFFINITY_REMOVALS(
            Kind.COUNTER,
            "strowger_affinity_removals_total",
            "Entries that left a pool's affinity table, by cause (expired; evicted: the table was full).",
            "pool",
            "cause"),
    AFFINITY_ENTRIES(Kind.GAUGE, "strowger_affinity_entries", "Entries in a pool's affinity table, about.", "pool"),
    HANDOVERS(
            Kind.COUNTER,
            "strowger_loop_handovers_total",
            "Messages passed to the event loop that owns their Call-ID."),
    UDP_DATAGRAMS(
            Kind.COUNTER,
            "strowger_udp_datagrams_total",
            "Datagrams, keep-alives included, by side (client, backend) and direction (received, sent).",
            "side",
            "direction"),
    UDP_BATCHES(
            Kind.COUNTER,
            "strowger_udp_batches_total",
            "System calls that moved at least one datagram, by side and direction.",
            "side",
            "direction"),
    UDP_UNSENT(
            Kind.COUNTER,
            "strowger_udp_unsent_total",
            "Datagrams not sent, by side and reason (queue-full, too-long, unreachable, forbidden, congested, other).",
            "side",
            "reason"),
    UDP_TRUNCATED(
            Kind.COUNTER,
            "strowger_udp_truncated_total",
            "Datagrams dropped because they were longer than the limit, by side.",
            "side"),
    TCP_ACCEPTED(Kind.COUNTER, "strowger_tcp_accepted_total", "TCP connections accepted from clients."),
    TCP_REFUSED(
            Kind.COUNTER,
            "strowger_tcp_refused_total",
            "TCP connections from clients closed at once, by the limit they met.",
            "reason"),
    TCP_CLOSED(Kind.COUNTER, "strowger_tcp_closed_total", "TCP connections that ended, by reason.", "reason"),
    TCP_CONNECTS(Kind.COUNTER, "strowger_tcp_connects_total", "TCP connections to backends, by outcome.", "outcome"),
    TCP_RECONNECTS(
            Kind.COUNTER,
            "strowger_tcp_reconnects_total",
            "TCP connections to backends made again after a failure or an end; counted among the connects too."),
    DNS(Kind.COUNTER, "strowger_dns_lookups_total", "Names resolved for Request-URIs (RFC 3263).", "result"),
    REDISPATCHES(
            Kind.COUNTER,
            "strowger_redispatches_total",
            "Requests given to another backend, by cause (silence, transport failure, listed status, a call that rang at a backend that is gone).",
            "cause"),
    IN_FLIGHT(
            Kind.COUNTER,
            "strowger_in_flight_total",
            "What happened to requests kept until they were answered; docs/operations.md explains each.",
            "event"),
    PROXY_PROTOCOL(
            Kind.COUNTER,
            "strowger_proxy_protocol_headers_total",
            "Headers of the PROXY protocol that were due, by result; docs/proxy-protocol.md explains each.",
            "result"),
    RELAY_ACCEPTED(Kind.COUNTER, "strowger_relay_accepted_total", "TCP connections accepted by relays."),
    RELAY_REFUSED(
            Kind.COUNTER,
            "strowger_relay_refused_total",
            "TCP connections that a relay closed before it had a backend for them, by reason.",
            "reason"),
    RELAY_CLOSED(
            Kind.COUNTER, "strowger_relay_closed_total", "Relayed TCP connections that ended, by reason.", "reason"),
    RELAY_RETRIES(
            Kind.COUNTER,
            "strowger_relay_retries_total",
            "Relayed TCP connections given to another backend because one could not be reached."),
    RELAY_FLOWS(
            Kind.COUNTER,
            "strowger_relay_flows_total",
            "What happened to UDP flows; docs/relay.md explains each.",
            "event"),
    RELAY_DROPS(
            Kind.COUNTER,
            "strowger_relay_drops_total",
            "Datagrams that a relay dropped, by reason; docs/relay.md explains each.",
            "reason"),
    BACKEND_RELAYED(
            Kind.COUNTER,
            "strowger_backend_relayed_total",
            "Connections and flows that relays gave to a backend, and those that have ended, by event.",
            "backend",
            "event"),
    BACKEND_RELAYED_BYTES(
            Kind.COUNTER,
            "strowger_backend_relayed_bytes_total",
            "Bytes relayed, by direction (to-backend, from-backend).",
            "backend",
            "direction"),
    BACKEND_REQUESTS(Kind.COUNTER, "strowger_backend_requests_total", "Requests sent to a backend.", "backend"),
    BACKEND_CALLS(
            Kind.COUNTER,
            "strowger_backend_calls_total",
            "INVITEs that begin a dialog, sent to a backend; a retransmission counts like a call.",
            "backend"),
    BACKEND_RESPONSES(
            Kind.COUNTER,
            "strowger_backend_responses_total",
            "Responses received from a backend, by class.",
            "backend",
            "class"),
    BACKEND_FAILURES(
            Kind.COUNTER,
            "strowger_backend_failures_total",
            "Failures to reach a backend, by kind.",
            "backend",
            "kind"),
    BACKEND_OUTCOMES(
            Kind.COUNTER,
            "strowger_backend_outcomes_total",
            "What became of requests that began something new at a backend, by outcome.",
            "backend",
            "outcome"),
    BACKEND_SILENCES(
            Kind.COUNTER,
            "strowger_backend_silences_total",
            "Requests that a backend had not answered at all when they were repeated for the first time.",
            "backend"),
    BACKEND_BUSY_SECONDS(
            Kind.COUNTER,
            "strowger_backend_busy_seconds_total",
            "Seconds that a backend asked for in Retry-After of a 503, added up.",
            "backend"),
    BACKEND_REDISPATCHED(
            Kind.COUNTER,
            "strowger_backend_redispatched_total",
            "Requests that went on from a backend to another one.",
            "backend"),
    BACKEND_ACCEPTS_NEW(
            Kind.GAUGE,
            "strowger_backend_accepts_new",
            "1 while the pool gives the backend new calls, else 0.",
            "pool",
            "backend"),
    BACKEND_ACCEPTS_ESTABLISHED(
            Kind.GAUGE,
            "strowger_backend_accepts_established",
            "1 while the backend is sent messages of calls it has, else 0.",
            "pool",
            "backend"),
    BACKEND_ACTIVE_CALLS(
            Kind.GAUGE,
            "strowger_backend_active_calls",
            "Calls in progress at a backend whose policy or limits count them.",
            "backend"),
    BACKEND_ACTIVE_REQUESTS(
            Kind.GAUGE,
            "strowger_backend_active_requests",
            "Requests without a final answer at a backend whose policy counts them; of HTTP those in progress and open WebSockets.",
            "backend"),
    CALL_LEASES_EXPIRED(
            Kind.COUNTER,
            "strowger_call_leases_expired_total",
            "Counted calls that ended by their time, because no BYE and no failure was seen."),
    CALL_LEASES_REFUSED(
            Kind.COUNTER,
            "strowger_call_leases_refused_total",
            "Calls that were not counted, because two million were."),
    PROBES(
            Kind.COUNTER,
            "strowger_probes_total",
            "Probes of a backend as a member of a pool that are over, by result (passed, failed, maintenance).",
            "pool",
            "backend",
            "result"),
    PROBE_RTT(
            Kind.GAUGE,
            "strowger_probe_rtt_seconds",
            "How long the answer to the last probe took; absent when there was none.",
            "pool",
            "backend"),
    PROBE_RTT_SUM(
            Kind.COUNTER,
            "strowger_probe_rtt_sum_seconds_total",
            "How long the answers to all probes took, added up.",
            "pool",
            "backend"),
    BACKEND_UP(Kind.GAUGE, "strowger_backend_up", "0 while probes find the backend down, else 1.", "pool", "backend"),
    BACKEND_EJECTED(
            Kind.GAUGE,
            "strowger_backend_ejected",
            "1 while live traffic has ejected the backend, trials included, else 0.",
            "pool",
            "backend"),
    BACKEND_EJECTIONS(
            Kind.COUNTER, "strowger_backend_ejections_total", "Ejections of a backend, in all its pools.", "backend"),
    BACKEND_TRANSITIONS(
            Kind.COUNTER,
            "strowger_backend_transitions_total",
            "Changes of a backend's state, in all its pools; the log and /backends have each.",
            "backend"),
    POOL_PANIC(
            Kind.GAUGE,
            "strowger_pool_panic",
            "1 while the pool uses backends that it should not, because too few are left, else 0.",
            "pool"),
    RULES_SLOW_PATTERNS(
            Kind.GAUGE,
            "strowger_rules_slow_patterns",
            "Regular expressions in rules that need the slow engine; each costs every message that reaches it."),
    TLS_HANDSHAKES(
            Kind.COUNTER,
            "strowger_tls_handshakes_total",
            "TLS handshakes that ended, by our side of them and by result.",
            "side",
            "result"),
    TLS_VERSIONS(
            Kind.COUNTER,
            "strowger_tls_versions_total",
            "TLS handshakes that ended well, by our side of them and by the version agreed upon.",
            "side",
            "version"),
    TLS_SWAPS(
            Kind.COUNTER,
            "strowger_tls_file_changes_total",
            "Changes of the files of a section of tls (taken-over; refused: they do not fit together).",
            "result"),
    TLS_EXPIRY(
            Kind.GAUGE,
            "strowger_tls_certificate_expiry_seconds",
            "Seconds until a certificate of ours expires; negative when it has.",
            "tls",
            "certificate"),
    WEBSOCKET_OPENED(
            Kind.COUNTER,
            "strowger_websocket_opened_total",
            "SIP over WebSocket: connections that clients have opened."),
    WEBSOCKET_CLOSED(
            Kind.COUNTER, "strowger_websocket_closed_total", "SIP over WebSocket: connections of clients that ended."),
    WEBSOCKET_REFUSED(
            Kind.COUNTER,
            "strowger_websocket_refused_total",
            "Handshakes on WebSocket listeners that were refused, by cause.",
            "cause"),
    WEBSOCKET_VIOLATIONS(
            Kind.COUNTER,
            "strowger_websocket_violations_total",
            "WebSocket connections closed because of what the peer sent, by cause.",
            "cause"),
    WEBSOCKET_KEEP_ALIVES(
            Kind.COUNTER,
            "strowger_websocket_keep_alives_total",
            "WebSocket pings and pongs (a missing pong is in strowger_tcp_closed_total, reason no-pong).",
            "kind"),
    HTTP_CONNECTIONS(
            Kind.COUNTER, "strowger_http_connections_total", "Connections of clients on which HTTP is spoken."),
    HTTP_REQUESTS(
            Kind.COUNTER, "strowger_http_requests_total", "HTTP requests, by major version of the client.", "version"),
    HTTP_REFUSED(
            Kind.COUNTER,
            "strowger_http_refused_total",
            "HTTP messages refused because of their syntax or size, before any rule was asked."),
    HTTP_RESPONSES(
            Kind.COUNTER,
            "strowger_http_responses_total",
            "Final HTTP responses to clients, our own included, by class (1xx: 101, a WebSocket began).",
            "class"),
    HTTP_RESPONSE_MICROSECONDS(
            Kind.COUNTER,
            "strowger_http_response_microseconds_total",
            "Microseconds from the head of a request to the head of its response, added up."),
    HTTP_LATENCY(
            Kind.HISTOGRAM,
            "strowger_http_latency_seconds",
            "From the head of a request to the head of the backend's response.",
            "pool"),
    HTTP_TUNNELS(Kind.COUNTER, "strowger_http_tunnels_total", "WebSockets between clients and backends."),
    HTTP_TUNNEL_BYTES(
            Kind.COUNTER, "strowger_http_tunnel_bytes_total", "Bytes passed on in WebSockets, both ways together."),
    HTTP_TUNNELS_ENDED(
            Kind.COUNTER,
            "strowger_http_tunnels_ended_total",
            "WebSockets ended by us because their backend went down, or was taken out after its drain."),
    HTTP_RETRIES(
            Kind.COUNTER,
            "strowger_http_retries_total",
            "Requests sent again, to another backend or on another connection."),
    HTTP_BACKEND_CONNECTIONS(
            Kind.COUNTER,
            "strowger_http_backend_connections_total",
            "Connections to HTTP backends taken for a request: made (opened), or there already (reused).",
            "how"),
    HTTP_STICKY(
            Kind.COUNTER,
            "strowger_http_sticky_total",
            "Requests to pools with a sticky cookie: without one (new), with one that was followed (kept), whose backend is"
                    + " gone (moved), or that does not verify (forged).",
            "cookie"),
    HTTP_TROUBLES(
            Kind.COUNTER,
            "strowger_http_troubles_total",
            "HTTP requests that no backend answered, or not to the end, by cause.",
            "cause"),
    HTTP_CONNECTIONS_CLOSED(
            Kind.COUNTER,
            "strowger_http_connections_closed_total",
            "Connections of clients on which HTTP is spoken no more: they ended, or became one of SIP over WebSocket."),
    HTTP_TUNNELS_CLOSED(
            Kind.COUNTER,
            "strowger_http_tunnels_closed_total",
            "WebSockets between clients and backends that are open no more, whoever ended them."),
    LISTENER_OPEN(
            Kind.GAUGE,
            "strowger_listener_open",
            "Connections, or flows of a udp-relay, now open at a listener.",
            "listener",
            "transport"),
    HTTP2_CONNECTIONS_REFUSED(
            Kind.COUNTER,
            "strowger_http2_connections_refused_total",
            "HTTP/2 connections ended with GOAWAY for what the client did: more resets, pings, settings, or empty or cut frames"
                    + " than anybody needs (flood), or something against RFC 9113 (malformed).",
            "cause"),
    WAITING_INVITES(
            Kind.COUNTER,
            "strowger_waiting_invites_total",
            "INVITEs sent down clients' connections: remembered until the client answers (kept), or not, for want of room"
                    + " (not-kept); answered with 430 because the connection ended before (flow-failed); forgotten after Timer C"
                    + " (expired).",
            "event"),
    CALLS_REFUSED(
            Kind.COUNTER,
            "strowger_calls_refused_total",
            "Calls answered with 500 though backends of their pool take new calls: all are at their limits (limits).",
            "cause"),
    BUILD(Kind.GAUGE, "strowger_build", "Always 1; the labels say what runs.", "version", "java"),
    EVENT_LOOPS(Kind.GAUGE, "strowger_event_loops", "Event loops of the data path.");

    /** What Prometheus calls the type of a metric. */
    public enum Kind {
        /** Only grows. */
        COUNTER,
        /** Goes up and down. */
        GAUGE,
        /** Counts values by how large they are. */
        HISTOGRAM
    }

    private final Kind kind;
    private final String prometheusName;
    private final String help;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> labelKeys;

    MetricName(Kind kind, String prometheusName, String help, String... labelKeys) {
        this.kind = kind;
        this.prometheusName = prometheusName;
        this.help = help;
        this.labelKeys = List.of(labelKeys);
    }

    public Kind kind() {
        return kind;
    }

    /** The name as it is scraped, for example {@code strowger_drops_total}. */
    public String prometheusName() {
        return prometheusName;
    }

    public String help() {
        return help;
    }

    /** The label keys, in the order in which values are given. */
    public List<String> labelKeys() {
        return labelKeys;
    }
}
