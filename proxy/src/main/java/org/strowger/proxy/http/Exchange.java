package org.strowger.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.routing.Action;
import org.strowger.proxy.routing.RetryBudget;
import org.strowger.proxy.routing.Target;
import org.strowger.threading.RunsOn;

/**
 * One request and its response. Bodies pass through in parts as they come, both ways at the same time; whoever cannot take
 * more makes the other side wait. The request goes to another backend only while it cannot have had any effect.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class Exchange {
    /** Where it stands. */
    private enum State {
        /** A backend is sought or connected to. */
        SEEKING,
        /** The request is on its way, and nothing came back. */
        ASKED,
        /** The response is on its way. */
        ANSWERED,
        OVER
    }

    private final HttpLoop loop;
    private final ClientEnd client;
    private final RequestHead request;
    private final HttpPicture picture;
    private final Deadline deadline;
    private final long begunNanos;
    private final RequestBody body;
    private State state = State.SEEKING;
    private @Nullable Choice choice;
    private @Nullable BackendReport report;
    private @Nullable Upstream upstream;
    private int retries;

    Exchange(HttpLoop loop, ClientEnd client, RequestHead request) {
        this.loop = loop;
        this.client = client;
        this.request = request;
        this.picture = loop.picture();
        this.deadline = loop.deadline(this::late);
        this.begunNanos = loop.nanoTime();
        this.body = new RequestBody(request.framing());
    }

    boolean isOver() {
        return state == State.OVER;
    }

    RequestHead request() {
        return request;
    }

    /** Asks the rules, and a backend. */
    void start() {
        AccessCounts.asked(loop, request.version());
        if (FieldPolicy.isLoop(request.fields())) {
            refuse(HttpFault.LOOP.status(), HttpFault.LOOP.text());
            return;
        }
        Visitor visitor = client.visitor();
        int rule = picture.rules().match(HttpCondition.Subject.of(request, visitor));
        if (rule == HttpRules.NO_MATCH) {
            trouble(HttpTrouble.NO_RULE);
        } else if (picture.rules().rules().get(rule).action() instanceof Action.ToPool to) {
            Optional<HttpPool> pool = picture.pools().get(to.pool());
            Choice mine = new Choice(loop, pool.orElseThrow(), request, visitor);
            choice = mine;
            budget(mine).request(begunNanos);
            seek(mine);
        } else {
            int status = ((Action.Reject) picture.rules().rules().get(rule).action()).status();
            loop.count(HttpTrouble.REJECTED.counter());
            // 6xx is of SIP.
            refuse(status < 600 ? status : 403, HttpTrouble.REJECTED.text());
        }
    }

    private RetryBudget budget(Choice mine) {
        return mine.pool().redispatch().budget(loop.number());
    }

    private void seek(Choice mine) {
        Target backend = mine.next();
        if (backend == Target.NONE) {
            trouble(retries == 0 ? HttpTrouble.NO_BACKEND : HttpTrouble.CONNECT_FAILED);
            return;
        }
        state = State.SEEKING;
        report = new BackendReport(loop, mine.pool(), backend);
        if (body.isStreaming()) {
            client.readBody(ClientEnd.Reading.OFF);
        }
        Upstream idle = loop.upstreams().takeIdle(backend);
        if (idle != null) {
            idle.serve(this);
            connected(idle);
        } else {
            connect(backend);
        }
    }

    private void connect(Target backend) {
        if (!loop.upstreams().connect(backend, this, picture.options())) {
            trouble(HttpTrouble.BUSY);
        }
    }

    /** The backend is there: sends what there is of the request. */
    void connected(Upstream to) {
        if (state != State.SEEKING) {
            to.leave();
            to.close();
            return;
        }
        upstream = to;
        state = State.ASKED;
        Objects.requireNonNull(report).sent();
        to.expect(request);
        HttpHeaders fields = FieldPolicy.toBackend(request, client.visitor(), picture.options());
        to.write(HeadWriter.request(request, fields, to.channel().alloc()));
        body.sendTo(to);
        to.flush();
        if (body.isStreaming()) {
            client.readBody(ClientEnd.Reading.ON);
        }
        await();
    }

    private void await() {
        deadline.set(
                body.isStreaming()
                        ? picture.options().times().idle()
                        : picture.options().times().response());
    }

    /** The backend cannot be connected to: nothing was sent, so any other will do. */
    void notConnected() {
        if (state != State.SEEKING) {
            return;
        }
        BackendReport.end(report, BackendReport::notConnected);
        retryOr(HttpTrouble.CONNECT_FAILED);
    }

    private void retryOr(HttpTrouble trouble) {
        Choice mine = choice;
        if (mine != null
                && retries < picture.options().retries()
                && budget(mine).allows(loop.nanoTime())) {
            retries++;
            budget(mine).retry(loop.nanoTime());
            loop.count(Counter.HTTP_RETRIES);
            seek(mine);
        } else {
            trouble(trouble);
        }
    }

    /** The backend has closed the connection before the end of its response. */
    void backendClosed() {
        Upstream gone = upstream;
        if (state == State.ASKED && gone != null && gone.isReused() && request.isRepeatable() && retries == 0) {
            // It had closed the idle connection before it read this request, most likely; and twice does no harm.
            retries++;
            loop.count(Counter.HTTP_RETRIES);
            upstream = null;
            state = State.SEEKING;
            connect(gone.backend());
            return;
        }
        if (state == State.ASKED) {
            BackendReport.end(report, BackendReport::closed);
        }
        failed(HttpTrouble.CLOSED);
    }

    /** A part of the request's body, now owned by this. */
    void requestBody(ByteBuf part) {
        Upstream to = upstream;
        if (state == State.OVER || body.isBeyond(part)) {
            part.release();
            return;
        }
        if (to == null) {
            body.keep(part);
            client.readBody(ClientEnd.Reading.OFF);
            return;
        }
        deadline.put();
        body.write(part, to);
        if (!to.isWritable()) {
            to.flush();
            if (!to.isWritable()) {
                client.readBody(ClientEnd.Reading.OFF);
            }
        }
    }

    /** What could be read of the request at a time has been. */
    void requestRead() {
        Upstream to = upstream;
        if (to != null) {
            to.flush();
        }
    }

    void requestEnd(HttpHeaders trailers) {
        if (state == State.OVER) {
            return;
        }
        body.end(FieldPolicy.trailers(trailers));
        Upstream to = upstream;
        if (to != null) {
            body.sendTo(to);
            to.flush();
            await();
        }
    }

    /** The backend takes more of the request. */
    void backendWritable() {
        if (body.isStreaming() && state != State.OVER) {
            client.readBody(ClientEnd.Reading.ON);
        }
    }

    void responseHead(ResponseHead head) {
        BackendReport mine = report;
        Choice pool = choice;
        if (mine == null || pool == null || state == State.OVER) {
            return;
        }
        HttpHeaders fields = FieldPolicy.toClient(head);
        if (head.status() < 200 && head.status() != 101) {
            mine.interim(head.status());
            client.interim(new Reply(head.status(), head.reason(), fields, -1, Reply.Body.NONE));
            client.flush();
            deadline.put();
            return;
        }
        state = State.ANSWERED;
        mine.answered(head);
        AccessCounts.answered(loop, head.status(), begunNanos);
        pool.answered(loop.nanoTime() - begunNanos);
        String cookie = pool.setCookie();
        if (!cookie.isEmpty()) {
            fields.add("Set-Cookie", cookie);
        }
        Upstream from = upstream;
        if (head.status() == 101 && from != null) {
            tunnel(head, fields, from, mine);
            return;
        }
        boolean none = !head.framing().hasBody() && (request.isHead() || head.status() == 204 || head.status() == 304);
        client.head(new Reply(
                head.status(),
                head.reason(),
                fields,
                head.framing().hasBody() || none ? head.length() : 0,
                none ? Reply.Body.NONE : Reply.Body.FOLLOWS));
        deadline.set(picture.options().times().idle());
    }

    private void tunnel(ResponseHead head, HttpHeaders fields, Upstream from, BackendReport mine) {
        state = State.OVER;
        deadline.cancel();
        loop.count(Counter.HTTP_TUNNELS);
        from.channel().closeFuture().addListener(closed -> {
            mine.over();
            loop.count(Counter.HTTP_TUNNELS_CLOSED);
        });
        Tunnels.Way way = new Tunnels.Way(mine.pool().name(), from.backend().identity());
        client.tunnel(new Reply(101, head.reason(), fields, -1, Reply.Body.NONE), from)
                .ifPresent(tunnel -> loop.tunnels().opened(way, tunnel));
    }

    void responseBody(ByteBuf part) {
        if (state != State.ANSWERED) {
            part.release();
            return;
        }
        deadline.put();
        client.data(part);
        Upstream from = upstream;
        if (from != null && !client.isWritable()) {
            client.flush();
            if (!client.isWritable()) {
                from.setReading(ClientEnd.Reading.OFF);
            }
        }
    }

    /** What could be read of the response at a time has been. */
    void responseRead() {
        client.flush();
    }

    /** The client takes more of the response. */
    void clientWritable() {
        Upstream from = upstream;
        if (from != null && state == State.ANSWERED) {
            deadline.put();
            from.setReading(ClientEnd.Reading.ON);
        }
    }

    void responseEnd(HttpHeaders trailers) {
        if (state != State.ANSWERED) {
            return;
        }
        Upstream from = upstream;
        finish();
        if (from != null) {
            from.leave();
            if (!body.isStreaming() && from.isReusable()) {
                loop.upstreams().release(from, picture.options());
            } else {
                from.close();
            }
        }
        client.finish(FieldPolicy.trailers(trailers));
        client.flush();
    }

    /** It cannot go on, by the backend's fault. */
    void failed(HttpTrouble trouble) {
        if (state == State.OVER) {
            return;
        }
        if (trouble == HttpTrouble.BAD_RESPONSE && state == State.ASKED) {
            BackendReport.end(report, BackendReport::closed);
        }
        trouble(trouble);
    }

    private void late() {
        if (state == State.ASKED && !body.isStreaming()) {
            BackendReport.end(report, BackendReport::silent);
            trouble(HttpTrouble.RESPONSE_TIMEOUT);
        } else {
            trouble(HttpTrouble.STALLED);
        }
    }

    /** The client is gone, or what it sends cannot be read on. */
    void cancel() {
        if (state != State.OVER) {
            loop.count(HttpTrouble.CLIENT_GONE.counter());
            drop();
        }
    }

    private void drop() {
        Upstream mine = upstream;
        finish();
        if (mine != null) {
            mine.leave();
            mine.close();
        }
    }

    private void trouble(HttpTrouble trouble) {
        loop.count(trouble.counter());
        boolean begun = state == State.ANSWERED;
        drop();
        if (begun) {
            client.abort();
        } else {
            answer(trouble.status(), trouble.text());
        }
    }

    private void refuse(int status, String text) {
        drop();
        answer(status, text);
    }

    private void answer(int status, String text) {
        AccessCounts.answered(loop, status, begunNanos);
        OwnAnswer.send(client, Optional.of(request), status, text);
    }

    private void finish() {
        state = State.OVER;
        upstream = null;
        deadline.cancel();
        body.release();
        BackendReport.end(report, mine -> {});
    }
}
