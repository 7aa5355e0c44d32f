package org.strowger.proxy.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.strowger.sip.Method;
import org.strowger.sip.ParseFailure;
import org.strowger.sip.Transport;

/**
 * Everything that an event loop counts: a {@link MetricName} with its label values. A new constant is counted, scraped
 * and held against the documents without further code.
 */
public enum Counter {
    RECEIVED_UDP_CLIENT(MetricName.MESSAGES_RECEIVED, "udp", "client"),
    RECEIVED_UDP_BACKEND(MetricName.MESSAGES_RECEIVED, "udp", "backend"),
    RECEIVED_TCP_CLIENT(MetricName.MESSAGES_RECEIVED, "tcp", "client"),
    RECEIVED_TCP_BACKEND(MetricName.MESSAGES_RECEIVED, "tcp", "backend"),
    RECEIVED_TLS_CLIENT(MetricName.MESSAGES_RECEIVED, "tls", "client"),
    RECEIVED_TLS_BACKEND(MetricName.MESSAGES_RECEIVED, "tls", "backend"),
    RECEIVED_WS_CLIENT(MetricName.MESSAGES_RECEIVED, "ws", "client"),
    RECEIVED_WS_BACKEND(MetricName.MESSAGES_RECEIVED, "ws", "backend"),
    RECEIVED_WSS_CLIENT(MetricName.MESSAGES_RECEIVED, "wss", "client"),
    RECEIVED_WSS_BACKEND(MetricName.MESSAGES_RECEIVED, "wss", "backend"),

    SENT_UDP_CLIENT(MetricName.MESSAGES_SENT, "udp", "client"),
    SENT_UDP_BACKEND(MetricName.MESSAGES_SENT, "udp", "backend"),
    SENT_TCP_CLIENT(MetricName.MESSAGES_SENT, "tcp", "client"),
    SENT_TCP_BACKEND(MetricName.MESSAGES_SENT, "tcp", "backend"),
    SENT_TLS_CLIENT(MetricName.MESSAGES_SENT, "tls", "client"),
    SENT_TLS_BACKEND(MetricName.MESSAGES_SENT, "tls", "backend"),
    SENT_WS_CLIENT(MetricName.MESSAGES_SENT, "ws", "client"),
    SENT_WS_BACKEND(MetricName.MESSAGES_SENT, "ws", "backend"),
    SENT_WSS_CLIENT(MetricName.MESSAGES_SENT, "wss", "client"),
    SENT_WSS_BACKEND(MetricName.MESSAGES_SENT, "wss", "backend"),

    BYTES_RECEIVED_UDP(MetricName.BYTES_RECEIVED, "udp"),
    BYTES_RECEIVED_TCP(MetricName.BYTES_RECEIVED, "tcp"),
    BYTES_SENT_UDP(MetricName.BYTES_SENT, "udp"),
    BYTES_SENT_TCP(MetricName.BYTES_SENT, "tcp"),

    REQUEST_INVITE(MetricName.REQUESTS, "INVITE"),
    REQUEST_ACK(MetricName.REQUESTS, "ACK"),
    REQUEST_BYE(MetricName.REQUESTS, "BYE"),
    REQUEST_CANCEL(MetricName.REQUESTS, "CANCEL"),
    REQUEST_REGISTER(MetricName.REQUESTS, "REGISTER"),
    REQUEST_OPTIONS(MetricName.REQUESTS, "OPTIONS"),
    REQUEST_SUBSCRIBE(MetricName.REQUESTS, "SUBSCRIBE"),
    REQUEST_NOTIFY(MetricName.REQUESTS, "NOTIFY"),
    REQUEST_REFER(MetricName.REQUESTS, "REFER"),
    REQUEST_MESSAGE(MetricName.REQUESTS, "MESSAGE"),
    REQUEST_PUBLISH(MetricName.REQUESTS, "PUBLISH"),
    REQUEST_INFO(MetricName.REQUESTS, "INFO"),
    REQUEST_PRACK(MetricName.REQUESTS, "PRACK"),
    REQUEST_UPDATE(MetricName.REQUESTS, "UPDATE"),
    /** Any other token: one label value, so that a stranger cannot add series. */
    REQUEST_OTHER(MetricName.REQUESTS, "OTHER"),

    RESPONSE_1XX(MetricName.RESPONSES, "1xx"),
    RESPONSE_2XX(MetricName.RESPONSES, "2xx"),
    RESPONSE_3XX(MetricName.RESPONSES, "3xx"),
    RESPONSE_4XX(MetricName.RESPONSES, "4xx"),
    RESPONSE_5XX(MetricName.RESPONSES, "5xx"),
    RESPONSE_6XX(MetricName.RESPONSES, "6xx"),

    FORWARDED_TO_BACKEND(MetricName.REQUESTS_FORWARDED, "backend"),
    /** By the flow or address in a Record-Route or Path cookie. */
    FORWARDED_TO_CLIENT(MetricName.REQUESTS_FORWARDED, "client"),
    /** By Route or Request-URI (RFC 3263), for a backend. */
    FORWARDED_TO_OTHER(MetricName.REQUESTS_FORWARDED, "other"),
    RESPONSE_FORWARDED(MetricName.RESPONSES_FORWARDED),

    REPLY_100(MetricName.REPLIES, "100"),
    REPLY_200(MetricName.REPLIES, "200"),
    REPLY_400(MetricName.REPLIES, "400"),
    REPLY_403(MetricName.REPLIES, "403"),
    REPLY_404(MetricName.REPLIES, "404"),
    REPLY_408(MetricName.REPLIES, "408"),
    REPLY_416(MetricName.REPLIES, "416"),
    REPLY_420(MetricName.REPLIES, "420"),
    REPLY_421(MetricName.REPLIES, "421"),
    REPLY_430(MetricName.REPLIES, "430"),
    REPLY_481(MetricName.REPLIES, "481"),
    REPLY_482(MetricName.REPLIES, "482"),
    REPLY_483(MetricName.REPLIES, "483"),
    REPLY_487(MetricName.REPLIES, "487"),
    REPLY_500(MetricName.REPLIES, "500"),
    REPLY_503(MetricName.REPLIES, "503"),
    REPLY_505(MetricName.REPLIES, "505"),
    REPLY_513(MetricName.REPLIES, "513"),
    /** Any other status, as only a rule with {@code reject} may name. */
    REPLY_OTHER(MetricName.REPLIES, "other"),

    /** A response whose topmost Via is ours, but whose cookie does not verify. */
    DROP_BAD_COOKIE(MetricName.DROPS, "bad-cookie"),
    /** A response whose topmost Via is not ours. */
    DROP_NOT_OUR_VIA(MetricName.DROPS, "not-our-via"),
    /** A message that may not be answered (ACK, response) and has nowhere to go. */
    DROP_NO_ROUTE(MetricName.DROPS, "no-route"),
    /** An ACK that would have been refused: an ACK is never answered. */
    DROP_REFUSED_ACK(MetricName.DROPS, "refused-ack"),
    /** Longer than {@code protection.max-message} or than the datagram limit. */
    DROP_OVERSIZE(MetricName.DROPS, "oversize"),
    /** A TCP stream that cannot be cut into messages. */
    DROP_BROKEN_STREAM(MetricName.DROPS, "broken-stream"),
    /** The kernel refused the datagram. Added by the sockets, like the bytes over UDP. */
    DROP_UNSENDABLE(MetricName.DROPS, "unsendable"),
    /** The connection or client flow named by the cookie is gone. */
    DROP_FLOW_GONE(MetricName.DROPS, "flow-gone"),
    /** The outbound queue of a connection is full. */
    DROP_QUEUE_FULL(MetricName.DROPS, "queue-full"),
    /** The event loop that owns the message is too far behind. */
    DROP_LOOP_BUSY(MetricName.DROPS, "loop-busy"),
    /** Too many messages waited for the DNS, or the DNS took too long. */
    DROP_NAME_OVERDUE(MetricName.DROPS, "name-overdue"),
    /** A datagram that has the mark of STUN but is not a binding request. */
    DROP_BAD_STUN(MetricName.DROPS, "bad-stun"),
    /** The program failed while it handled the message; logged as an error. */
    DROP_INTERNAL_ERROR(MetricName.DROPS, "internal-error"),

    PARSE_EMPTY(MetricName.PARSE_FAILURES, "empty"),
    PARSE_NOT_SIP(MetricName.PARSE_FAILURES, "not-sip"),
    PARSE_BAD_REQUEST_LINE(MetricName.PARSE_FAILURES, "bad-request-line"),
    PARSE_BAD_VERSION(MetricName.PARSE_FAILURES, "bad-version"),
    PARSE_BAD_STATUS_LINE(MetricName.PARSE_FAILURES, "bad-status-line"),
    PARSE_BAD_LINE_END(MetricName.PARSE_FAILURES, "bad-line-end"),
    PARSE_BAD_HEADER(MetricName.PARSE_FAILURES, "bad-header"),
    PARSE_TOO_MANY_HEADERS(MetricName.PARSE_FAILURES, "too-many-headers"),
    PARSE_NO_BLANK_LINE(MetricName.PARSE_FAILURES, "no-blank-line"),
    PARSE_DUPLICATE_HEADER(MetricName.PARSE_FAILURES, "duplicate-header"),
    PARSE_MISSING_VIA(MetricName.PARSE_FAILURES, "missing-via"),
    PARSE_BAD_VIA(MetricName.PARSE_FAILURES, "bad-via"),
    PARSE_MISSING_FROM(MetricName.PARSE_FAILURES, "missing-from"),
    PARSE_BAD_FROM(MetricName.PARSE_FAILURES, "bad-from"),
    PARSE_MISSING_TO(MetricName.PARSE_FAILURES, "missing-to"),
    PARSE_BAD_TO(MetricName.PARSE_FAILURES, "bad-to"),
    PARSE_MISSING_CALL_ID(MetricName.PARSE_FAILURES, "missing-call-id"),
    PARSE_MISSING_CSEQ(MetricName.PARSE_FAILURES, "missing-cseq"),
    PARSE_BAD_CSEQ(MetricName.PARSE_FAILURES, "bad-cseq"),
    PARSE_CSEQ_METHOD_MISMATCH(MetricName.PARSE_FAILURES, "cseq-method-mismatch"),
    PARSE_BAD_MAX_FORWARDS(MetricName.PARSE_FAILURES, "bad-max-forwards"),
    PARSE_BAD_CONTENT_LENGTH(MetricName.PARSE_FAILURES, "bad-content-length"),
    PARSE_BODY_TOO_SHORT(MetricName.PARSE_FAILURES, "body-too-short"),
    PARSE_BAD_REQUEST_URI(MetricName.PARSE_FAILURES, "bad-request-uri"),

    KEEP_ALIVE_CRLF(MetricName.KEEP_ALIVES, "crlf"),
    KEEP_ALIVE_STUN(MetricName.KEEP_ALIVES, "stun"),

    COOKIE_VALID_CURRENT(MetricName.COOKIES, "valid", "current"),
    COOKIE_VALID_PREVIOUS(MetricName.COOKIES, "valid", "previous"),
    /** The MAC fits neither key. */
    COOKIE_FORGED(MetricName.COOKIES, "forged", "none"),
    /** Not of the length, alphabet or version of a cookie, where only a cookie can be. */
    COOKIE_MALFORMED(MetricName.COOKIES, "malformed", "none"),

    HANDOVER(MetricName.HANDOVERS),

    TCP_ACCEPTED(MetricName.TCP_ACCEPTED),
    TCP_REFUSED_LISTENER(MetricName.TCP_REFUSED, "listener-full"),
    TCP_CLOSED_BY_PEER(MetricName.TCP_CLOSED, "closed-by-peer"),
    TCP_CLOSED_RESET(MetricName.TCP_CLOSED, "reset"),
    TCP_CLOSED_TIMED_OUT(MetricName.TCP_CLOSED, "timed-out"),
    TCP_CLOSED_IDLE(MetricName.TCP_CLOSED, "idle"),
    TCP_CLOSED_NO_PONG(MetricName.TCP_CLOSED, "no-pong"),
    TCP_CLOSED_SLOW_READER(MetricName.TCP_CLOSED, "slow-reader"),
    TCP_CLOSED_BROKEN_STREAM(MetricName.TCP_CLOSED, "broken-stream"),
    TCP_CLOSED_CONNECT_FAILED(MetricName.TCP_CLOSED, "connect-failed"),
    TCP_CLOSED_REQUESTED(MetricName.TCP_CLOSED, "requested"),
    TCP_CLOSED_DRAINED(MetricName.TCP_CLOSED, "drained"),
    TCP_CLOSED_SHUTDOWN(MetricName.TCP_CLOSED, "shutdown"),
    TCP_CLOSED_INTERNAL_ERROR(MetricName.TCP_CLOSED, "internal-error"),
    TCP_CONNECTED(MetricName.TCP_CONNECTS, "connected"),
    /** Made again after a failure or an end; comes with {@link #TCP_CONNECTED}. */
    TCP_RECONNECTED(MetricName.TCP_RECONNECTS),
    TCP_CONNECT_FAILED(MetricName.TCP_CONNECTS, "failed"),

    DNS_RESOLVED(MetricName.DNS, "resolved"),
    DNS_FAILED(MetricName.DNS, "failed"),
    /** Refused because too many look-ups were under way. */
    DNS_REFUSED(MetricName.DNS, "refused"),

    REDISPATCH_SILENCE(MetricName.REDISPATCHES, "silence"),
    REDISPATCH_TRANSPORT(MetricName.REDISPATCHES, "transport"),
    REDISPATCH_STATUS(MetricName.REDISPATCHES, "status"),
    REDISPATCH_GONE(MetricName.REDISPATCHES, "gone"),

    // InFlightEvent says what each is.
    IN_FLIGHT_ADDED(MetricName.IN_FLIGHT, "added"),
    IN_FLIGHT_REMOVED(MetricName.IN_FLIGHT, "removed"),
    IN_FLIGHT_EVICTED(MetricName.IN_FLIGHT, "evicted"),
    IN_FLIGHT_UNPROTECTED(MetricName.IN_FLIGHT, "unprotected"),
    IN_FLIGHT_ABSORBED(MetricName.IN_FLIGHT, "absorbed"),
    IN_FLIGHT_REPEATED(MetricName.IN_FLIGHT, "repeated"),
    IN_FLIGHT_BUDGET_EXHAUSTED(MetricName.IN_FLIGHT, "budget-exhausted"),
    IN_FLIGHT_NOBODY_LEFT(MetricName.IN_FLIGHT, "nobody-left"),
    IN_FLIGHT_LATE_PROVISIONAL(MetricName.IN_FLIGHT, "late-provisional"),
    IN_FLIGHT_LATE_SUCCESS(MetricName.IN_FLIGHT, "late-success"),
    IN_FLIGHT_LATE_FAILURE(MetricName.IN_FLIGHT, "late-failure"),
    IN_FLIGHT_CANCEL_SENT(MetricName.IN_FLIGHT, "cancel-sent"),
    IN_FLIGHT_TIMED_OUT(MetricName.IN_FLIGHT, "timed-out"),
    IN_FLIGHT_UNWATCHED(MetricName.IN_FLIGHT, "unwatched"),
    IN_FLIGHT_CUT(MetricName.IN_FLIGHT, "cut"),

    /** A header of version 1 or 2 that names the client; one that names nobody is LOCAL. */
    PROXY_PROTOCOL_V1(MetricName.PROXY_PROTOCOL, "v1"),
    PROXY_PROTOCOL_V2(MetricName.PROXY_PROTOCOL, "v2"),
    PROXY_PROTOCOL_LOCAL(MetricName.PROXY_PROTOCOL, "local"),
    // HeaderVerdict says what each is.
    PROXY_PROTOCOL_INCOMPLETE(MetricName.PROXY_PROTOCOL, "incomplete"),
    PROXY_PROTOCOL_NO_HEADER(MetricName.PROXY_PROTOCOL, "no-header"),
    PROXY_PROTOCOL_TOO_LONG(MetricName.PROXY_PROTOCOL, "too-long"),
    PROXY_PROTOCOL_UNKNOWN_FORM(MetricName.PROXY_PROTOCOL, "unknown-form"),
    PROXY_PROTOCOL_BAD_ADDRESS(MetricName.PROXY_PROTOCOL, "bad-address"),
    PROXY_PROTOCOL_BAD_TLV(MetricName.PROXY_PROTOCOL, "bad-tlv"),
    PROXY_PROTOCOL_BAD_CHECKSUM(MetricName.PROXY_PROTOCOL, "bad-checksum"),
    PROXY_PROTOCOL_TIMED_OUT(MetricName.PROXY_PROTOCOL, "timed-out"),
    /** From an address that is none of a proxy, where others are refused. */
    PROXY_PROTOCOL_STRANGER(MetricName.PROXY_PROTOCOL, "stranger"),

    RELAY_ACCEPTED(MetricName.RELAY_ACCEPTED),
    /** Closed at once: the listener has as many as it may. */
    RELAY_REFUSED_FULL(MetricName.RELAY_REFUSED, "listener-full"),
    /** No handshake of TLS may begin at the moment. */
    RELAY_REFUSED_HANDSHAKES(MetricName.RELAY_REFUSED, "handshakes"),
    /** No backend, or none that could be reached. */
    RELAY_REFUSED_NO_BACKEND(MetricName.RELAY_REFUSED, "no-backend"),
    /** No pool for the host name asked for, or none was asked for, or that was no TLS. */
    RELAY_REFUSED_NO_ROUTE(MetricName.RELAY_REFUSED, "no-route"),
    RELAY_CLOSED_DONE(MetricName.RELAY_CLOSED, "done"),
    RELAY_CLOSED_BY_CLIENT(MetricName.RELAY_CLOSED, "client-reset"),
    RELAY_CLOSED_BY_BACKEND(MetricName.RELAY_CLOSED, "backend-reset"),
    RELAY_CLOSED_IDLE(MetricName.RELAY_CLOSED, "idle"),
    RELAY_CLOSED_DRAINED(MetricName.RELAY_CLOSED, "drained"),
    RELAY_CLOSED_INTERNAL_ERROR(MetricName.RELAY_CLOSED, "internal-error"),
    /** A connection went to another backend because one could not be reached. */
    RELAY_RETRIES(MetricName.RELAY_RETRIES),

    RELAY_FLOW_BEGUN(MetricName.RELAY_FLOWS, "begun"),
    RELAY_FLOW_EXPIRED(MetricName.RELAY_FLOWS, "expired"),
    RELAY_FLOW_EVICTED(MetricName.RELAY_FLOWS, "evicted"),
    /** Its backend is gone, and it has another one. */
    RELAY_FLOW_MOVED(MetricName.RELAY_FLOWS, "moved"),
    /** The same, and nobody is left. */
    RELAY_FLOW_LOST(MetricName.RELAY_FLOWS, "lost"),
    /** Its backend was taken out. */
    RELAY_FLOW_DRAINED(MetricName.RELAY_FLOWS, "drained"),
    RELAY_DROP_NO_BACKEND(MetricName.RELAY_DROPS, "no-backend"),
    /** No socket could be opened: too many files. */
    RELAY_DROP_NO_SOCKET(MetricName.RELAY_DROPS, "no-socket"),
    /** The kernel did not take it. */
    RELAY_DROP_UNSENDABLE(MetricName.RELAY_DROPS, "unsendable"),

    // HandshakeRefusal and FrameViolation say what each is.
    WEBSOCKET_OPENED(MetricName.WEBSOCKET_OPENED),
    WEBSOCKET_CLOSED(MetricName.WEBSOCKET_CLOSED),
    WEBSOCKET_REFUSED_BAD_HTTP(MetricName.WEBSOCKET_REFUSED, "bad-http"),
    WEBSOCKET_REFUSED_LONG_LINE(MetricName.WEBSOCKET_REFUSED, "long-line"),
    WEBSOCKET_REFUSED_LONG_HEADER(MetricName.WEBSOCKET_REFUSED, "long-header"),
    WEBSOCKET_REFUSED_BAD_UPGRADE(MetricName.WEBSOCKET_REFUSED, "bad-upgrade"),
    WEBSOCKET_REFUSED_VERSION(MetricName.WEBSOCKET_REFUSED, "version"),
    WEBSOCKET_REFUSED_BAD_KEY(MetricName.WEBSOCKET_REFUSED, "bad-key"),
    WEBSOCKET_REFUSED_ORIGIN(MetricName.WEBSOCKET_REFUSED, "origin"),
    WEBSOCKET_REFUSED_NOT_SIP(MetricName.WEBSOCKET_REFUSED, "not-sip"),
    WEBSOCKET_REFUSED_TIMEOUT(MetricName.WEBSOCKET_REFUSED, "timeout"),
    WEBSOCKET_VIOLATION_RESERVED_BITS(MetricName.WEBSOCKET_VIOLATIONS, "reserved-bits"),
    WEBSOCKET_VIOLATION_RESERVED_OPCODE(MetricName.WEBSOCKET_VIOLATIONS, "reserved-opcode"),
    WEBSOCKET_VIOLATION_FRAGMENTED_CONTROL(MetricName.WEBSOCKET_VIOLATIONS, "fragmented-control"),
    WEBSOCKET_VIOLATION_LONG_CONTROL(MetricName.WEBSOCKET_VIOLATIONS, "long-control"),
    WEBSOCKET_VIOLATION_UNMASKED(MetricName.WEBSOCKET_VIOLATIONS, "unmasked"),
    WEBSOCKET_VIOLATION_MASKED(MetricName.WEBSOCKET_VIOLATIONS, "masked"),
    WEBSOCKET_VIOLATION_BAD_LENGTH(MetricName.WEBSOCKET_VIOLATIONS, "bad-length"),
    WEBSOCKET_VIOLATION_UNEXPECTED_CONTINUATION(MetricName.WEBSOCKET_VIOLATIONS, "unexpected-continuation"),
    WEBSOCKET_VIOLATION_INTERLEAVED_MESSAGE(MetricName.WEBSOCKET_VIOLATIONS, "interleaved-message"),
    WEBSOCKET_VIOLATION_BAD_CLOSE(MetricName.WEBSOCKET_VIOLATIONS, "bad-close"),
    WEBSOCKET_VIOLATION_NOT_UTF8(MetricName.WEBSOCKET_VIOLATIONS, "not-utf8"),
    WEBSOCKET_VIOLATION_TOO_BIG(MetricName.WEBSOCKET_VIOLATIONS, "too-big"),
    WEBSOCKET_VIOLATION_NOT_SIP(MetricName.WEBSOCKET_VIOLATIONS, "not-sip"),
    WEBSOCKET_PING_SENT(MetricName.WEBSOCKET_KEEP_ALIVES, "ping-sent"),
    WEBSOCKET_PING_ANSWERED(MetricName.WEBSOCKET_KEEP_ALIVES, "ping-answered"),
    WEBSOCKET_PONG_RECEIVED(MetricName.WEBSOCKET_KEEP_ALIVES, "pong-received"),

    HTTP_CONNECTIONS(MetricName.HTTP_CONNECTIONS),
    HTTP_REQUESTS_1(MetricName.HTTP_REQUESTS, "1"),
    HTTP_REQUESTS_2(MetricName.HTTP_REQUESTS, "2"),
    /** Answered before it was a request: HttpFault says what each is. */
    HTTP_REFUSED(MetricName.HTTP_REFUSED),
    HTTP_RESPONSES_1XX(MetricName.HTTP_RESPONSES, "1xx"),
    HTTP_RESPONSES_2XX(MetricName.HTTP_RESPONSES, "2xx"),
    HTTP_RESPONSES_3XX(MetricName.HTTP_RESPONSES, "3xx"),
    HTTP_RESPONSES_4XX(MetricName.HTTP_RESPONSES, "4xx"),
    HTTP_RESPONSES_5XX(MetricName.HTTP_RESPONSES, "5xx"),
    HTTP_RESPONSE_MICROSECONDS(MetricName.HTTP_RESPONSE_MICROSECONDS),
    HTTP_TUNNELS(MetricName.HTTP_TUNNELS),
    HTTP_TUNNEL_BYTES(MetricName.HTTP_TUNNEL_BYTES),
    HTTP_TUNNELS_ENDED(MetricName.HTTP_TUNNELS_ENDED),
    HTTP_RETRIES(MetricName.HTTP_RETRIES),
    HTTP_BACKEND_CONNECTIONS_OPENED(MetricName.HTTP_BACKEND_CONNECTIONS, "opened"),
    HTTP_BACKEND_CONNECTIONS_REUSED(MetricName.HTTP_BACKEND_CONNECTIONS, "reused"),
    HTTP_STICKY_NEW(MetricName.HTTP_STICKY, "new"),
    HTTP_STICKY_KEPT(MetricName.HTTP_STICKY, "kept"),
    /** The backend of the cookie takes nothing any more. */
    HTTP_STICKY_MOVED(MetricName.HTTP_STICKY, "moved"),
    HTTP_STICKY_FORGED(MetricName.HTTP_STICKY, "forged"),
    // HttpTrouble says what each is.
    HTTP_TROUBLE_NO_RULE(MetricName.HTTP_TROUBLES, "no-rule"),
    HTTP_TROUBLE_REJECTED(MetricName.HTTP_TROUBLES, "rejected"),
    HTTP_TROUBLE_NO_BACKEND(MetricName.HTTP_TROUBLES, "no-backend"),
    HTTP_TROUBLE_BUSY(MetricName.HTTP_TROUBLES, "busy"),
    HTTP_TROUBLE_CONNECT_FAILED(MetricName.HTTP_TROUBLES, "connect-failed"),
    HTTP_TROUBLE_CLOSED(MetricName.HTTP_TROUBLES, "closed"),
    HTTP_TROUBLE_BAD_RESPONSE(MetricName.HTTP_TROUBLES, "bad-response"),
    HTTP_TROUBLE_RESPONSE_TIMEOUT(MetricName.HTTP_TROUBLES, "response-timeout"),
    HTTP_TROUBLE_STALLED(MetricName.HTTP_TROUBLES, "stalled"),
    HTTP_TROUBLE_CLIENT_GONE(MetricName.HTTP_TROUBLES, "client-gone"),
    HTTP_TROUBLE_SLOW_REQUEST(MetricName.HTTP_TROUBLES, "slow-request"),
    /** Its backend was taken out. */
    HTTP_TROUBLE_DRAINED(MetricName.HTTP_TROUBLES, "drained"),
    HTTP_CONNECTIONS_CLOSED(MetricName.HTTP_CONNECTIONS_CLOSED),
    HTTP_TUNNELS_CLOSED(MetricName.HTTP_TUNNELS_CLOSED),
    HTTP2_REFUSED_FLOOD(MetricName.HTTP2_CONNECTIONS_REFUSED, "flood"),
    HTTP2_REFUSED_MALFORMED(MetricName.HTTP2_CONNECTIONS_REFUSED, "malformed"),

    // WaitingEvent says what each is.
    WAITING_INVITE_KEPT(MetricName.WAITING_INVITES, "kept"),
    WAITING_INVITE_NOT_KEPT(MetricName.WAITING_INVITES, "not-kept"),
    WAITING_INVITE_FLOW_FAILED(MetricName.WAITING_INVITES, "flow-failed"),
    WAITING_INVITE_EXPIRED(MetricName.WAITING_INVITES, "expired"),
    CALLS_REFUSED_LIMITS(MetricName.CALLS_REFUSED, "limits");

    private static final Counter[][] RECEIVED = bySide("RECEIVED");
    private static final Counter[][] SENT = bySide("SENT");
    private static final Counter[] BY_METHOD = byMethod();
    private static final Counter[] BY_FAILURE = byFailure();
    private static final Counter[] BY_STATUS = byStatus();
    private static final Counter[] BY_CLASS = {
        RESPONSE_1XX, RESPONSE_2XX, RESPONSE_3XX, RESPONSE_4XX, RESPONSE_5XX, RESPONSE_6XX
    };

    private final MetricName metric;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> labelValues;

    Counter(MetricName metric, String... labelValues) {
        this.metric = metric;
        this.labelValues = List.of(labelValues);
    }

    /** The metric that this is one series of. */
    public MetricName metric() {
        return metric;
    }

    /** The label values, in the order of {@link MetricName#labelKeys()}. */
    public List<String> labelValues() {
        return labelValues;
    }

    /** The counter of messages received over {@code transport}. */
    public static Counter received(Transport transport, Side side) {
        return RECEIVED[transport.ordinal()][side.ordinal()];
    }

    /** The counter of messages sent over {@code transport}. */
    public static Counter sent(Transport transport, Side side) {
        return SENT[transport.ordinal()][side.ordinal()];
    }

    /** The counter of requests of a method. */
    public static Counter request(Method method) {
        return BY_METHOD[method.ordinal()];
    }

    /** The counter of responses of the class of {@code status}, which is 100..699. */
    public static Counter response(int status) {
        return BY_CLASS[status / 100 - 1];
    }

    /** The counter of messages refused by the parser for that reason, which is not {@link ParseFailure#NONE}. */
    public static Counter parseFailure(ParseFailure failure) {
        return BY_FAILURE[failure.ordinal()];
    }

    /** The counter of our own replies with {@code status}, which is 100..699. */
    public static Counter reply(int status) {
        return BY_STATUS[status - 100];
    }

    private static Counter[][] bySide(String prefix) {
        Transport[] transports = Transport.values();
        Counter[][] table = new Counter[transports.length][];
        for (Transport transport : transports) {
            String name = transport.name();
            table[transport.ordinal()] =
                    new Counter[] {valueOf(prefix + "_" + name + "_CLIENT"), valueOf(prefix + "_" + name + "_BACKEND")};
        }
        return table;
    }

    private static Counter[] byMethod() {
        Method[] methods = Method.values();
        Counter[] table = new Counter[methods.length];
        for (Method method : methods) {
            table[method.ordinal()] = valueOf("REQUEST_" + method.name().toUpperCase(Locale.ROOT));
        }
        return table;
    }

    private static Counter[] byFailure() {
        ParseFailure[] failures = ParseFailure.values();
        Counter[] table = new Counter[failures.length];
        for (ParseFailure failure : failures) {
            table[failure.ordinal()] =
                    failure == ParseFailure.NONE ? DROP_INTERNAL_ERROR : valueOf("PARSE_" + failure.name());
        }
        return table;
    }

    private static Counter[] byStatus() {
        Counter[] table = new Counter[600];
        Arrays.fill(table, REPLY_OTHER);
        for (Counter counter : values()) {
            if (counter.metric == MetricName.REPLIES && counter != REPLY_OTHER) {
                table[Integer.parseInt(counter.labelValues.get(0)) - 100] = counter;
            }
        }
        return table;
    }
}
