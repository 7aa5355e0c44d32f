package org.strowger.proxy;

import java.util.Arrays;
import org.strowger.proxy.calls.LoopLoad;
import org.strowger.proxy.forwarding.BackendAlarm;
import org.strowger.proxy.forwarding.InFlightEvent;
import org.strowger.proxy.forwarding.RedispatchCause;
import org.strowger.proxy.forwarding.WaitingEvent;
import org.strowger.proxy.metrics.BackendCounter;
import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.metrics.LoopCounters;
import org.strowger.proxy.metrics.Side;
import org.strowger.proxy.proxyprotocol.ProxyProtocolGate;
import org.strowger.proxy.routing.CookieFinding;
import org.strowger.proxy.routing.DropReason;
import org.strowger.proxy.routing.Ingress;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.routing.SnapshotSource;
import org.strowger.proxy.routing.Target;
import org.strowger.proxy.transport.CloseReason;
import org.strowger.proxy.transport.FramingFailure;
import org.strowger.proxy.transport.StreamCounters;
import org.strowger.sip.IpPort;
import org.strowger.sip.Method;
import org.strowger.sip.ParseFailure;
import org.strowger.sip.SipMessage;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/** Counts everything that one event loop sees, in that loop's own counters. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class CountingObserver implements LoopObserver, StreamCounters {
    /** By event. */
    private static final Counter[] IN_FLIGHT = Arrays.stream(InFlightEvent.values())
            .map(event -> Counter.valueOf("IN_FLIGHT_" + event.name()))
            .toArray(Counter[]::new);
    /** By event. */
    private static final Counter[] WAITING = Arrays.stream(WaitingEvent.values())
            .map(event -> Counter.valueOf("WAITING_INVITE_" + event.name()))
            .toArray(Counter[]::new);

    private final int loop;
    private final LoopCounters counters;
    private final ProxyProtocolCounts headers;
    private final SnapshotSource snapshots;
    private final LoopLoad load;
    private final BackendAlarm alarm;

    CountingObserver(int loop, LoopCounters counters, SnapshotSource snapshots, LoopLoad load, BackendAlarm alarm) {
        this.headers = new ProxyProtocolCounts(counters);
        this.load = load;
        this.alarm = alarm;
        this.loop = loop;
        this.counters = counters;
        this.snapshots = snapshots;
    }

    @Override
    public void received(SipMessage message, Ingress in, RoutingSnapshot snapshot) {
        Target backend = snapshot.backendAt(in);
        boolean fromBackend = backend != Target.NONE || in.listener() == RoutingSnapshot.BACKEND_SIDE;
        counters.increment(Counter.received(in.transport(), fromBackend ? Side.BACKEND : Side.CLIENT));
        if (backend != Target.NONE) {
            load.fromBackend(backend.load(), message);
        }
        if (message.isRequest()) {
            counters.increment(Counter.request(message.method()));
            return;
        }
        counters.increment(Counter.response(message.statusCode()));
        if (backend != Target.NONE) {
            backend.counters(loop).increment(BackendCounter.response(message.statusCode()));
        }
    }

    @Override
    public void parseFailed(ParseFailure failure) {
        counters.increment(Counter.parseFailure(failure));
    }

    @Override
    public void toBackend(Target backend, SipMessage request) {
        load.toBackend(backend.load(), request);
        counters.increment(Counter.FORWARDED_TO_BACKEND);
        counters.increment(Counter.sent(backend.transport(), Side.BACKEND));
        backend.counters(loop).increment(BackendCounter.REQUESTS);
        if (request.method() == Method.INVITE && !request.toTag().isPresent()) {
            backend.counters(loop).increment(BackendCounter.CALLS);
        }
    }

    @Override
    public void toClient(SipMessage message, Transport transport) {
        counters.increment(message.isRequest() ? Counter.FORWARDED_TO_CLIENT : Counter.RESPONSE_FORWARDED);
        counters.increment(Counter.sent(transport, Side.CLIENT));
    }

    @Override
    public void toNamed(Transport transport) {
        counters.increment(Counter.FORWARDED_TO_OTHER);
        counters.increment(Counter.sent(transport, Side.CLIENT));
    }

    @Override
    public void cookie(CookieFinding finding) {
        switch (finding) {
            case NONE -> {}
            case CURRENT_KEY -> counters.increment(Counter.COOKIE_VALID_CURRENT);
            case PREVIOUS_KEY -> counters.increment(Counter.COOKIE_VALID_PREVIOUS);
            case FORGED -> counters.increment(Counter.COOKIE_FORGED);
            case MALFORMED -> counters.increment(Counter.COOKIE_MALFORMED);
        }
    }

    @Override
    public void replied(int status) {
        counters.increment(Counter.reply(status));
    }

    @Override
    public void limited() {
        counters.increment(Counter.CALLS_REFUSED_LIMITS);
    }

    @Override
    public void dropped(DropReason reason) {
        switch (reason) {
            case UNPARSEABLE -> {} // counted by its parse failure
            case RESPONSE_NOT_OURS -> counters.increment(Counter.DROP_NOT_OUR_VIA);
            case RESPONSE_BAD_COOKIE -> counters.increment(Counter.DROP_BAD_COOKIE);
            case RESPONSE_WITHOUT_CLIENT -> counters.increment(Counter.DROP_NO_ROUTE);
            case ACK_REFUSED -> counters.increment(Counter.DROP_REFUSED_ACK);
            case TOO_LARGE -> counters.increment(Counter.DROP_OVERSIZE);
            case FLOW_GONE -> counters.increment(Counter.DROP_FLOW_GONE);
            case AWAITING_NAME -> {} // not dropped: parked
            case NAME_OVERDUE -> counters.increment(Counter.DROP_NAME_OVERDUE);
        }
    }

    @Override
    public void streamBroken(FramingFailure failure) {
        counters.increment(Counter.DROP_BROKEN_STREAM);
    }

    @Override
    public void undelivered(Transport transport, IpPort peer) {
        failed(peer, transport, BackendCounter.SEND_FAILURES);
    }

    @Override
    public void judged(Target backend, SipMessage response, boolean isFailure) {
        int busySeconds = response.statusCode() == 503 ? RetryAfter.seconds(response) : 0;
        if (busySeconds > 0) {
            backend.counters(loop).increment(BackendCounter.BUSY);
            backend.counters(loop).add(BackendCounter.BUSY_SECONDS, busySeconds);
        } else {
            backend.counters(loop).increment(isFailure ? BackendCounter.LISTED_ERRORS : BackendCounter.ANSWERED);
        }
    }

    @Override
    public void silent(Target backend) {
        backend.counters(loop).increment(BackendCounter.SILENCES);
    }

    @Override
    public void noResponse(Target backend) {
        backend.counters(loop).increment(BackendCounter.NO_RESPONSE);
        load.noResponse(backend.load());
    }

    @Override
    public void givenUp(Target backend, SipMessage request) {
        load.givenUp(backend.load(), request);
    }

    @Override
    public void redispatched(Target from, RedispatchCause cause) {
        from.counters(loop).increment(BackendCounter.REDISPATCHED);
        counters.increment(
                switch (cause) {
                    case SILENCE -> Counter.REDISPATCH_SILENCE;
                    case TRANSPORT -> Counter.REDISPATCH_TRANSPORT;
                    case STATUS -> Counter.REDISPATCH_STATUS;
                    case GONE -> Counter.REDISPATCH_GONE;
                });
    }

    @Override
    public void inFlight(InFlightEvent event) {
        counters.increment(IN_FLIGHT[event.ordinal()]);
    }

    @Override
    public void waiting(WaitingEvent event) {
        counters.increment(WAITING[event.ordinal()]);
    }

    @Override
    public void flowGone() {
        counters.increment(Counter.DROP_FLOW_GONE);
    }

    @Override
    public void handedOver() {
        counters.increment(Counter.HANDOVER);
    }

    @Override
    public ProxyProtocolGate.Counts headers() {
        return headers;
    }

    @Override
    public void icmpError(IpPort peer) {
        failed(peer, Transport.UDP, BackendCounter.ICMP_ERRORS);
    }

    private void failed(IpPort peer, Transport transport, BackendCounter counter) {
        Target backend = snapshots.current().backendAt(peer, transport);
        if (backend != Target.NONE) {
            backend.counters(loop).increment(counter);
            alarm.raise(backend);
        }
    }

    @Override
    public void accepted(int listener) {
        counters.increment(Counter.TCP_ACCEPTED);
    }

    @Override
    public void refused(int listener) {
        counters.increment(Counter.TCP_REFUSED_LISTENER);
    }

    @Override
    public void closed(CloseReason reason) {
        counters.increment(
                switch (reason) {
                    case CLOSED_BY_PEER -> Counter.TCP_CLOSED_BY_PEER;
                    case RESET -> Counter.TCP_CLOSED_RESET;
                    case TIMED_OUT -> Counter.TCP_CLOSED_TIMED_OUT;
                    case IDLE -> Counter.TCP_CLOSED_IDLE;
                    case NO_PONG -> Counter.TCP_CLOSED_NO_PONG;
                    case SLOW_READER -> Counter.TCP_CLOSED_SLOW_READER;
                    case BROKEN_STREAM -> Counter.TCP_CLOSED_BROKEN_STREAM;
                    case CONNECT_FAILED -> Counter.TCP_CLOSED_CONNECT_FAILED;
                    case REQUESTED -> Counter.TCP_CLOSED_REQUESTED;
                    case DRAINED -> Counter.TCP_CLOSED_DRAINED;
                    case SHUTDOWN -> Counter.TCP_CLOSED_SHUTDOWN;
                    case INTERNAL_ERROR -> Counter.TCP_CLOSED_INTERNAL_ERROR;
                });
    }

    @Override
    public void connected() {
        counters.increment(Counter.TCP_CONNECTED);
    }

    @Override
    public void reconnected() {
        counters.increment(Counter.TCP_RECONNECTED);
    }

    @Override
    public void connectFailed() {
        counters.increment(Counter.TCP_CONNECT_FAILED);
    }

    @Override
    public void connectFailed(Transport transport, IpPort peer) {
        failed(peer, transport, BackendCounter.CONNECT_FAILURES);
    }

    @Override
    public void connectionReset(Transport transport, IpPort peer) {
        failed(peer, transport, BackendCounter.RESETS);
    }

    @Override
    public void queueOverflow() {
        counters.increment(Counter.DROP_QUEUE_FULL);
    }

    @Override
    public void asked() {
        counters.increment(Counter.WEBSOCKET_PING_SENT);
    }

    @Override
    public void handOverDropped() {
        counters.increment(Counter.DROP_LOOP_BUSY);
    }

    @Override
    public void received(int bytes) {
        counters.add(Counter.BYTES_RECEIVED_TCP, bytes);
    }

    @Override
    public void sent(int bytes) {
        counters.add(Counter.BYTES_SENT_TCP, bytes);
    }
}
