package org.strowger.e2e;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes and takes many calls at once over any transport, and holds every message against what it must be: connection, Vias,
 * branch, Call-ID, CSeq, tags, Request-URI, Route, body. As a server it also answers probes. All of it runs on the event loop of
 * its {@link Wires}.
 */
final class Agent implements Wire.Taker {
    private static final long TICK_MILLIS = 100;

    /** Several times what the tests have at once on a machine that keeps pace; more would only bury one that does not. */
    private static final int MOST_AT_ONCE = 400;

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(32);

    private final Wires wires;
    private final Duration rings;
    private final Duration talks;
    /** Of what others begin, and of what belongs to nobody. */
    private final Tally others = new Tally();

    private final Map<String, AgentCall> calls = new HashMap<>();
    private final Map<String, AgentCall> live = new HashMap<>();
    private final AtomicInteger liveCount = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    private final String name;
    private int number;

    /** @param name a word that no other agent of the test has */
    Agent(String name, Wires wires, Duration rings, Duration talks) {
        this.name = name;
        this.wires = wires;
        this.rings = rings;
        this.talks = talks;
        var unused = wires.loop().scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    Tally others() {
        return others;
    }

    /** Calls that are neither complete nor failed. */
    int live() {
        return liveCount.get();
    }

    /** Connections that ended. */
    int lost() {
        return lost.get();
    }

    /** Does something so many times at a rate, slower while too much is under way; complete after the last time. */
    CompletableFuture<Void> pace(int count, int perSecond, IntConsumer what) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        long begin = System.nanoTime();
        int[] next = {0};
        ScheduledFuture<?>[] pulse = new ScheduledFuture<?>[1];
        pulse[0] = wires.loop()
                .scheduleAtFixedRate(
                        () -> {
                            long due = (System.nanoTime() - begin) * perSecond / TimeUnit.SECONDS.toNanos(1) + 1;
                            while (next[0] < Math.min(due, count) && live() < MOST_AT_ONCE) {
                                what.accept(next[0]++);
                            }
                            if (next[0] == count && done.complete(null)) {
                                pulse[0].cancel(false);
                            }
                        },
                        5,
                        5,
                        TimeUnit.MILLISECONDS);
        return done;
    }

    /** Begins a call, registration or question to a user of {@code example.com}. On the event loop. */
    void begin(Wire wire, String user, CallKind kind, Tally tally) {
        String id = name + number++ + "@" + user;
        String target = "sip:" + user + "@example.com";
        tally.begun();
        begin(AgentCall.to(id, kind, tally, wire, new String[] {"sip:" + name + "@example.com", target, target}))
                .ask(kind.method());
    }

    private AgentCall begin(AgentCall call) {
        calls.put(call.id, call);
        live.put(call.id, call);
        liveCount.incrementAndGet();
        return call;
    }

    @Override
    public void ended(Wire wire) {
        lost.incrementAndGet();
    }

    @Override
    public void take(Wire wire, WireMessage message) {
        if (message.isRequest()) {
            request(wire, message);
        } else {
            response(wire, message);
        }
    }

    private void response(Wire wire, WireMessage message) {
        AgentCall call = calls.get(message.callId());
        AgentCall.Ask ask = call == null ? null : call.asks.get(Fields.topBranch(message) + Fields.method(message));
        if (call == null || ask == null) {
            others.failed("a response to nothing on " + wire + ":\n" + message);
            return;
        }
        call.tally.message();
        String wrong = call.wrongResponse(message, ask, wire);
        if (!wrong.isEmpty()) {
            fail(call, wrong + " in\n" + message);
        } else if (message.status().startsWith("1")) {
            ask.provisional = true;
            if (message.status().equals("180") && call.kind == CallKind.CANCELLED && call.asks.size() == 1) {
                call.follow("CANCEL");
            }
        } else if (!ask.answered) {
            ask.answered = true;
            boolean waited = ask.method.equals("INVITE") && call.kind != CallKind.CANCELLED;
            call.tally.answered(System.nanoTime() - ask.sentNanos - (waited ? rings.toNanos() : 0));
            answered(call, ask, message);
        } else {
            call.tally.repeated();
            if (ask.method.equals("INVITE")) {
                acknowledge(call, message);
            }
        }
    }

    private void answered(AgentCall call, AgentCall.Ask ask, WireMessage message) {
        boolean good = message.status().equals("200");
        boolean given = ask.method.equals("INVITE") && call.kind == CallKind.CANCELLED;
        if (given ? !message.status().equals("487") : !good) {
            fail(call, ask.method + " was answered with\n" + message);
            return;
        }
        switch (ask.method) {
            case "INVITE" -> {
                acknowledge(call, message);
                if (given) {
                    endIfAnswered(call);
                } else if (call.kind.callerHangsUp()) {
                    after(talks, () -> hangUp(call));
                }
            }
            case "CANCEL" -> endIfAnswered(call);
            case "REGISTER" -> {
                if (call.kind == CallKind.REGISTERED) {
                    end(call);
                }
            }
            default -> end(call);
        }
    }

    private static void acknowledge(AgentCall call, WireMessage message) {
        if (message.status().equals("200")) {
            call.establish(message);
            call.acknowledge();
        } else {
            call.remoteTag = Fields.parameter(Fields.value(message, "to"), "tag");
            call.follow("ACK");
        }
    }

    private void endIfAnswered(AgentCall call) {
        if (call.asks.values().stream().allMatch(ask -> ask.answered)) {
            end(call);
        }
    }

    private void hangUp(AgentCall call) {
        if (!call.ended) {
            call.ask("BYE");
        }
    }

    private void request(Wire wire, WireMessage message) {
        String kind = message.headers().stream()
                .filter(header -> header.name().equalsIgnoreCase(CallKind.HEADER))
                .map(WireMessage.Header::value)
                .findFirst()
                .orElse("");
        AgentCall known = calls.get(message.callId());
        if (kind.isEmpty() && known == null) {
            // A probe.
            wire.send(AgentCall.from(message, CallKind.ASKED, others, wire).response(message, "200 OK"));
        } else if (known == null) {
            begun(AgentCall.from(message, CallKind.valueOf(kind), others, wire), message);
        } else if (Fields.method(message).equals("INVITE") || known.ended) {
            again(known, wire, message);
        } else {
            known.tally.message();
            String wrong =
                    known.wrongRequest(message, (known.begunBy != null && !known.isBack()) || known.wire.same(wire));
            if (wrong.isEmpty()) {
                within(known, wire, message);
            } else {
                fail(known, wrong + " in\n" + message);
            }
        }
    }

    /** Something that came before is answered as before. */
    private static void again(AgentCall call, Wire wire, WireMessage message) {
        call.tally.repeated();
        switch (Fields.method(message)) {
            case "ACK" -> {} // wants no answer
            case "INVITE" -> wire.send(call.lastAnswer);
            default -> wire.send(call.response(message, "200 OK"));
        }
    }

    private void begun(AgentCall call, WireMessage message) {
        begin(call);
        others.begun();
        others.message();
        AgentCall registration = registration(call);
        String wrong = call.wrongRequest(message, registration == null || registration.wire.same(call.wire));
        String method = Fields.method(message);
        if (!wrong.isEmpty()) {
            fail(call, wrong + " in\n" + message);
            return;
        }
        switch (method) {
            case "INVITE" -> rings(call, message);
            case "REGISTER" -> register(call, message);
            default -> {
                call.wire.send(call.response(message, "200 OK"));
                end(call);
            }
        }
    }

    private void rings(AgentCall call, WireMessage invite) {
        call.lastAnswer = call.response(invite, "180 Ringing");
        call.wire.send(call.lastAnswer);
        if (call.kind != CallKind.CANCELLED) {
            after(rings, () -> answer(call, invite, "200 OK"));
        }
    }

    private static void answer(AgentCall call, WireMessage invite, String status) {
        call.lastAnswer = call.response(invite, status);
        call.answer = new AgentCall.Repeating(call.lastAnswer, System.nanoTime());
        call.wire.send(call.lastAnswer);
    }

    private void register(AgentCall call, WireMessage message) {
        var path = Fields.values(message, "path");
        if (path.isEmpty()) {
            fail(call, "no Path in\n" + message);
            return;
        }
        call.wire.send(call.response(message, "200 OK"));
        end(call);
        if (call.kind == CallKind.CALLED) {
            AgentCall back = AgentCall.to(call.id + AgentCall.BACK, CallKind.CALLED, others, call.wire, new String[] {
                call.local, call.remote, call.target
            });
            back.routes = new ArrayList<>(path);
            others.begun();
            begin(back).ask("INVITE");
        }
    }

    private void within(AgentCall call, Wire wire, WireMessage message) {
        switch (Fields.method(message)) {
            case "ACK" -> {
                if (call.answer == null) {
                    call.tally.repeated();
                } else {
                    call.answer = null;
                    if (call.kind == CallKind.CANCELLED) {
                        end(call);
                    } else if (!call.kind.callerHangsUp()) {
                        after(talks, () -> hangUp(call));
                    }
                }
            }
            case "CANCEL" -> {
                wire.send(call.response(message, "200 OK"));
                WireMessage invite = call.begunBy;
                if (invite != null && call.answer == null) {
                    answer(call, invite, "487 Request Terminated");
                }
            }
            case "BYE" -> {
                wire.send(call.response(message, "200 OK"));
                end(call);
            }
            default -> fail(call, "not expected:\n" + message);
        }
    }

    private void end(AgentCall call) {
        if (!call.ended) {
            call.ended = true;
            call.answer = null;
            call.asks.values().forEach(ask -> ask.answered = true);
            live.remove(call.id);
            liveCount.decrementAndGet();
            call.tally.completed();
            AgentCall registration = registration(call);
            if (registration != null && live.containsKey(registration.id)) {
                end(registration);
            }
        }
    }

    /** What came before a call to somebody who registered. */
    private @Nullable AgentCall registration(AgentCall call) {
        return call.isBack() ? calls.get(call.id.substring(0, call.id.length() - AgentCall.BACK.length())) : null;
    }

    private void fail(AgentCall call, String reason) {
        if (!call.ended) {
            call.ended = true;
            live.remove(call.id);
            liveCount.decrementAndGet();
            call.tally.failed(name + ", " + call.kind + " " + call.id + " on " + call.wire + ": " + reason);
        }
    }

    private void after(Duration time, Runnable task) {
        var unused = wires.loop().schedule(task, time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Sends again what may be lost, and gives up what takes too long. */
    private void tick() {
        long now = System.nanoTime();
        for (AgentCall call : new ArrayList<>(live.values())) {
            AgentCall.Repeating answer = call.answer;
            if (answer != null && answer.isDue(now)) {
                call.tally.repeated();
                call.wire.send(answer.message);
            }
            for (AgentCall.Ask ask : call.asks.values()) {
                boolean waiting = ask.method.equals("INVITE") && ask.provisional;
                if (!ask.answered && !waiting && call.wire.transport().isDatagram() && ask.repeating.isDue(now)) {
                    call.tally.repeated();
                    call.way().send(ask.repeating.message);
                }
            }
            if (now - call.begunNanos > PATIENCE_NANOS) {
                fail(call, "did not end within 32 s; sent " + call.asks.keySet() + ", answered " + call.lastAnswer);
            }
        }
    }
}
