package org.strowger.e2e;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A SIP server over UDP, in the test's own process: it rings at once and answers a little later with a session timer, so that
 * a call without an end ends by its time. It repeats its 200 twice until there is an ACK.
 */
final class CallServer implements AutoCloseable {
    private static final Duration T1 = Duration.ofMillis(500);

    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
    /** What an INVITE that still rings will be answered with, by its branch. */
    private final Map<String, String> ringing = new ConcurrentHashMap<>();

    /** Calls that are answered, without ACK so far. */
    private final Set<String> unacknowledged = ConcurrentHashMap.newKeySet();

    private final AtomicInteger invitations = new AtomicInteger();
    private final Endpoint at;
    private final Duration rings;
    private final int sessionSeconds;
    private final Datagrams socket;
    private volatile boolean deaf;

    CallServer(Endpoint at, Duration rings, int sessionSeconds) {
        this.at = at;
        this.rings = rings;
        this.sessionSeconds = sessionSeconds;
        this.socket = new Datagrams(at, this::take);
    }

    /** INVITEs that came. */
    int invitations() {
        return invitations.get();
    }

    private void take(String request, SocketAddress from) {
        switch (request.substring(0, Math.max(0, request.indexOf(' ')))) {
            case "INVITE" -> invite(request, from);
            case "CANCEL" -> {
                socket.send(response(request, "200 OK"), from);
                String invite = ringing.remove(branch(request));
                if (invite != null) {
                    socket.send(response(invite, "487 Request Terminated"), from);
                }
            }
            case "ACK" -> unacknowledged.remove(callId(request));
            case "SIP/2.0" -> {} // wants no answer
            default -> socket.send(response(request, "200 OK"), from);
        }
    }

    private void invite(String request, SocketAddress from) {
        if (deaf) {
            return;
        }
        invitations.incrementAndGet();
        String branch = branch(request);
        ringing.put(branch, request);
        socket.send(response(request, "180 Ringing"), from);
        after(rings, () -> {
            if (ringing.remove(branch) != null) {
                String answer = response(request, "200 OK");
                unacknowledged.add(callId(request));
                socket.send(answer, from);
                after(T1, () -> repeat(request, answer, from));
                after(T1.multipliedBy(3), () -> {
                    repeat(request, answer, from);
                    unacknowledged.remove(callId(request));
                });
            }
        });
    }

    private void repeat(String request, String answer, SocketAddress to) {
        if (unacknowledged.contains(callId(request))) {
            socket.send(answer, to);
        }
    }

    private void after(Duration time, Runnable task) {
        var unused = later.schedule(task, time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static String callId(String request) {
        int start = request.indexOf("\r\nCall-ID:");
        return request.substring(start, request.indexOf('\r', start + 2));
    }

    private String response(String request, String status) {
        StringBuilder text = new StringBuilder("SIP/2.0 ").append(status).append("\r\n");
        for (String line : request.lines().takeWhile(line -> !line.isEmpty()).toList()) {
            String name = line.substring(0, Math.max(0, line.indexOf(':'))).toLowerCase(Locale.ROOT);
            switch (name) {
                case "via", "from", "call-id", "cseq", "record-route" ->
                    text.append(line).append("\r\n");
                case "to" ->
                    text.append(line)
                            .append(line.contains(";tag=") ? "" : ";tag=server")
                            .append("\r\n");
                default -> {} // not in a response
            }
        }
        return text.append("Contact: <sip:%s>\r\nSession-Expires: %d;refresher=uac\r\nContent-Length: 0\r\n\r\n"
                        .formatted(at.hostPort(), sessionSeconds))
                .toString();
    }

    private static String branch(String request) {
        int start = request.indexOf("branch=");
        int end = start;
        while (end < request.length() && ";,\r\n ".indexOf(request.charAt(end)) < 0) {
            end++;
        }
        return request.substring(start, end);
    }

    /** It is gone: at once, or deaf to what is new at once, and gone when what rings is answered. */
    void vanish(boolean ringingToo) {
        deaf = true;
        if (ringingToo) {
            socket.close();
        } else {
            after(rings.multipliedBy(2), socket::close);
        }
    }

    @Override
    public void close() {
        socket.close();
        later.shutdownNow();
    }
}
