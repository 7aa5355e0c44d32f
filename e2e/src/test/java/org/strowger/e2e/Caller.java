package org.strowger.e2e;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/**
 * Makes calls over UDP in the test's own process, each after a plan of its own: SIPp here cannot hold calls for times with a
 * heavy tail, nor mix calls that end in different ways. It knows which backend has each of its calls. It sends nothing twice: what
 * is lost is a loss that the proxy has to bear.
 */
final class Caller implements AutoCloseable {
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final Map<String, Call> calls = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> active = new ConcurrentHashMap<>();
    private final AtomicInteger ended = new AtomicInteger();
    private final Endpoint at;
    private final Endpoint proxy;
    private final SocketAddress to;
    private final IntFunction<CallPlan> plans;
    private final Datagrams socket;

    /** @param plans of the nth call, from 0 */
    Caller(Endpoint at, Endpoint proxy, IntFunction<CallPlan> plans) {
        this.at = at;
        this.proxy = proxy;
        this.to = new InetSocketAddress(proxy.address(), proxy.port());
        this.plans = plans;
        this.socket = new Datagrams(at, this::take);
    }

    /** One call; its fields are of the thread that reads until the call is answered, and do not change afterwards. */
    private static final class Call {
        final String id;
        final CallPlan plan;
        String backend = "";
        String toTag = "";
        String routes = "";

        Call(String id, CallPlan plan) {
            this.id = id;
            this.plan = plan;
        }
    }

    /** Begins so many calls at a rate; the latch opens when the last one has begun. */
    CountDownLatch begin(int count, int callsPerSecond) {
        CountDownLatch begun = new CountDownLatch(count);
        long gapNanos = TimeUnit.SECONDS.toNanos(1) / callsPerSecond;
        for (int i = 0; i < count; i++) {
            int number = i;
            var unused = clock.schedule(
                    () -> {
                        invite(number);
                        begun.countDown();
                    },
                    i * gapNanos,
                    TimeUnit.NANOSECONDS);
        }
        return begun;
    }

    /** Calls that are answered and not over, by backend ({@code ip:port}), as the caller sees it. */
    Map<String, Integer> active() {
        return active.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().get(), Integer::sum, TreeMap::new));
    }

    /** Calls of which the 200 to BYE came. */
    int ended() {
        return ended.get();
    }

    private void invite(int number) {
        Call call = new Call(number + "-" + at.hostPort(), plans.apply(number));
        calls.put(call.id, call);
        socket.send(request(call, "INVITE", 1, "INVITE"), to);
    }

    private void take(String message, SocketAddress from) {
        String status = message.startsWith("SIP/2.0 ") ? message.substring(8, 11) : "";
        Call call = calls.get(header(message, "call-id"));
        if (call == null || status.isEmpty()) {
            return;
        }
        String method = header(message, "cseq").replaceFirst("^\\d+ ", "");
        if (method.equals("BYE")) {
            ended.incrementAndGet();
            calls.remove(call.id);
        } else if (method.equals("INVITE")) {
            answered(call, message, status.charAt(0));
        }
    }

    private void answered(Call call, String message, char status) {
        switch (status) {
            case '1' -> {
                if (call.plan.ending() == CallPlan.Ending.CANCEL && message.startsWith("SIP/2.0 18")) {
                    socket.send(request(call, "CANCEL", 1, "INVITE"), to);
                } else if (call.plan.ending() == CallPlan.Ending.GONE) {
                    calls.remove(call.id);
                }
            }
            case '2' -> established(call, message);
            default -> {
                call.toTag = toTag(message);
                socket.send(request(call, "ACK", 1, "INVITE"), to);
                calls.remove(call.id);
            }
        }
    }

    private void established(Call call, String message) {
        if (!call.backend.isEmpty()) {
            socket.send(request(call, "ACK", 1, "ack"), to);
            return;
        }
        call.backend = header(message, "contact").replaceAll("^<sip:|>$", "");
        call.toTag = toTag(message);
        call.routes = message.lines()
                .takeWhile(line -> !line.isEmpty())
                .filter(line -> line.startsWith("Record-Route:"))
                .map(line -> "Route:" + line.substring("Record-Route:".length()) + "\r\n")
                .collect(Collectors.joining());
        AtomicInteger count = active.computeIfAbsent(call.backend, backend -> new AtomicInteger());
        count.incrementAndGet();
        socket.send(request(call, "ACK", 1, "ack"), to);
        var unused = clock.schedule(
                () -> {
                    count.decrementAndGet();
                    if (call.plan.ending() == CallPlan.Ending.LOST_BYE) {
                        calls.remove(call.id);
                    } else {
                        socket.send(request(call, "BYE", 2, "bye"), to);
                    }
                },
                call.plan.hold().toNanos(),
                TimeUnit.NANOSECONDS);
    }

    /** @param transaction part of the branch: CANCEL and the ACK of a failure have that of their INVITE */
    private String request(Call call, String method, int cseq, String transaction) {
        String target = call.backend.isEmpty() ? "service@" + proxy.hostPort() : call.backend;
        return """
                %1$s sip:%2$s SIP/2.0\r
                Via: SIP/2.0/UDP %3$s;branch=z9hG4bK%4$s-%5$s;rport\r
                %6$sFrom: <sip:caller@%3$s>;tag=c%5$s\r
                To: <sip:service@%7$s>%8$s\r
                Call-ID: %5$s\r
                CSeq: %9$d %1$s\r
                Contact: <sip:caller@%3$s>\r
                Max-Forwards: 70\r
                Content-Length: 0\r
                \r
                """.formatted(
                method, target, at.hostPort(), transaction, call.id, call.routes, proxy.hostPort(), call.toTag, cseq);
    }

    private static String toTag(String message) {
        String value = header(message, "to");
        int tag = value.indexOf(";tag=");
        return tag < 0 ? "" : value.substring(tag);
    }

    private static String header(String message, String name) {
        return message.lines()
                .takeWhile(line -> !line.isEmpty())
                .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse("");
    }

    /** Waits until the last of the calls has begun. */
    static void await(CountDownLatch begun, Duration limit) {
        try {
            if (!begun.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(begun.getCount() + " calls have not begun after " + limit);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
        socket.close();
    }
}
