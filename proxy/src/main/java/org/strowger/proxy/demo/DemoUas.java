package org.strowger.proxy.demo;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.strowger.proxy.demo.DemoMessage.Header;
import org.strowger.threading.RunsOn;

/**
 * The answering end of calls (a user agent server, RFC 3261 sections 8.2, 13.3 and 17.2): rings, answers, repeats its
 * answer until the ACK, and refuses a message of a dialog that it does not have, so that a message led to the wrong
 * backend shows as a failed call.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class DemoUas {
    private static final long T1_MILLIS = 500;
    private static final long T2_MILLIS = 4_000;
    private static final long LIFETIME_MILLIS = 64 * T1_MILLIS;
    private static final String ALLOW = "INVITE, ACK, BYE, CANCEL, OPTIONS, REGISTER, UPDATE, INFO, MESSAGE";

    private final Map<String, Answering> invites = new HashMap<>();
    private final Map<String, String> answered = new HashMap<>();
    private final Set<String> dialogs = new HashSet<>();
    private final AtomicLong calls = new AtomicLong();
    private final String name;
    private final EventExecutor loop;
    private final RandomGenerator random;
    private final Duration ring;

    /** @param ring time between ringing and the answer */
    DemoUas(String name, EventExecutor loop, RandomGenerator random, Duration ring) {
        this.name = name;
        this.loop = loop;
        this.random = random;
        this.ring = ring;
    }

    /** Calls that began here; readable from any thread. */
    long calls() {
        return calls.get();
    }

    void receive(DemoMessage request, DemoPeer peer) {
        switch (request.method()) {
            case "INVITE" -> invite(request, peer);
            case "ACK" -> acknowledge(request);
            case "CANCEL" -> cancel(request, peer);
            default -> once(request, peer);
        }
    }

    private void invite(DemoMessage request, DemoPeer peer) {
        String key = inviteKey(request);
        Answering known = invites.get(key);
        if (known != null) {
            known.repeat();
            return;
        }
        String toTag = request.tag("To");
        boolean inDialog = !toTag.isEmpty();
        Answering answering = new Answering(key, request, peer, inDialog ? toTag : tag());
        invites.put(key, answering);
        if (inDialog) {
            answering.end(dialogs.contains(dialogKey(request, toTag)) ? 200 : 481);
            return;
        }
        calls.incrementAndGet();
        answering.respond(180);
        if (ring.isZero()) {
            answering.end(200);
        } else {
            answering.timer = loop.schedule(() -> answering.end(200), ring.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void acknowledge(DemoMessage request) {
        Answering answering = invites.get(inviteKey(request));
        if (answering != null) {
            answering.stopTimer();
        }
    }

    private void cancel(DemoMessage request, DemoPeer peer) {
        Answering answering = invites.get(inviteKey(request));
        once(request, peer);
        if (answering != null && !answering.ended) {
            answering.stopTimer();
            answering.end(487);
        }
    }

    /** Everything but INVITE and ACK: one answer, kept for retransmissions (RFC 3261 section 17.2.2). */
    private void once(DemoMessage request, DemoPeer peer) {
        String key = request.branch() + "|" + request.method();
        String text = answered.get(key);
        if (text == null) {
            int status = statusFor(request);
            String toTag = request.tag("To");
            text = response(status, request, peer, toTag.isEmpty() ? tag() : toTag);
            answered.put(key, text);
            later(LIFETIME_MILLIS, () -> answered.remove(key));
        }
        peer.send(text);
    }

    private int statusFor(DemoMessage request) {
        String dialog = dialogKey(request, request.tag("To"));
        return switch (request.method()) {
            case "BYE" -> dialogs.remove(dialog) ? 200 : 481;
            case "CANCEL" -> invites.containsKey(inviteKey(request)) ? 200 : 481;
            case "OPTIONS", "REGISTER", "MESSAGE" -> 200;
            case "INFO", "UPDATE" -> dialogs.contains(dialog) ? 200 : 481;
            default -> 501;
        };
    }

    private String response(int status, DemoMessage request, DemoPeer peer, String toTag) {
        String method = request.method();
        List<Header> headers = new ArrayList<>(request.lines("Via"));
        if (!headers.isEmpty()) {
            headers.set(0, new Header("Via", withSource(headers.get(0).value(), peer)));
        }
        if (method.equals("INVITE") && (status == 180 || status == 200)) {
            headers.addAll(request.lines("Record-Route"));
        }
        headers.add(new Header("From", request.first("From")));
        String to = request.first("To");
        headers.add(new Header("To", request.tag("To").isEmpty() ? to + ";tag=" + toTag : to));
        headers.add(new Header("Call-ID", request.first("Call-ID")));
        headers.add(new Header("CSeq", request.first("CSeq")));
        headers.add(new Header("Server", "Strowger demo backend " + name));
        if (method.equals("REGISTER")) {
            headers.addAll(request.lines("Path"));
            String contact = request.first("Contact");
            if (!contact.isEmpty() && !contact.equals("*")) {
                boolean dated = contact.toLowerCase(java.util.Locale.ROOT).contains("expires=");
                String expires = request.first("Expires");
                headers.add(new Header(
                        "Contact", dated ? contact : contact + ";expires=" + (expires.isEmpty() ? "3600" : expires)));
            }
        } else if (status < 300) {
            headers.add(new Header("Contact", "<" + peer.contact() + ">"));
            headers.add(new Header("Allow", ALLOW));
        }
        boolean answer = method.equals("INVITE") && status == 200;
        String body = answer ? DemoSdp.answer(request.body()) : "";
        return DemoMessage.write("SIP/2.0 " + status + " " + reason(status), headers, body);
    }

    /** Fills in received and rport (RFC 3581 section 4). */
    private static String withSource(String via, DemoPeer peer) {
        int flag = via.indexOf(";rport");
        boolean asked = flag >= 0 && (flag + 6 == via.length() || via.charAt(flag + 6) == ';');
        if (!asked) {
            return via;
        }
        String source = ";received=" + peer.source().getAddress().getHostAddress() + ";rport="
                + peer.source().getPort();
        return via.substring(0, flag) + source + via.substring(flag + 6);
    }

    private static String reason(int status) {
        return switch (status) {
            case 180 -> "Ringing";
            case 200 -> "OK";
            case 481 -> "Call/Transaction Does Not Exist";
            case 487 -> "Request Terminated";
            default -> "Not Implemented";
        };
    }

    private static String inviteKey(DemoMessage request) {
        return request.first("Call-ID") + "|" + request.tag("From") + "|" + request.cseqNumber();
    }

    private static String dialogKey(DemoMessage request, String toTag) {
        return request.first("Call-ID") + "|" + request.tag("From") + "|" + toTag;
    }

    private String tag() {
        return Long.toHexString(random.nextLong());
    }

    private void later(long millis, Runnable task) {
        var unused = loop.schedule(task, millis, TimeUnit.MILLISECONDS);
    }

    /** An INVITE that is being answered, and remembered for a while after that. */
    @RunsOn(RunsOn.Runner.EVENT_LOOP)
    private final class Answering {
        private final String key;
        private final DemoMessage request;
        private final DemoPeer peer;
        private final String toTag;
        private String last = "";
        private boolean ended;
        private @Nullable Future<?> timer;

        Answering(String key, DemoMessage request, DemoPeer peer, String toTag) {
            this.key = key;
            this.request = request;
            this.peer = peer;
            this.toTag = toTag;
        }

        void respond(int status) {
            last = response(status, request, peer, toTag);
            peer.send(last);
        }

        void repeat() {
            peer.send(last);
        }

        /** Sends the final response, and again until the ACK: a 200 over any transport, others over UDP only. */
        void end(int status) {
            ended = true;
            if (status == 200) {
                dialogs.add(dialogKey(request, toTag));
            }
            respond(status);
            later(LIFETIME_MILLIS, this::forget);
            if (status == 200 || !peer.isReliable()) {
                repeatAfter(T1_MILLIS);
            }
        }

        void stopTimer() {
            if (timer != null) {
                timer.cancel(false);
                timer = null;
            }
        }

        private void repeatAfter(long millis) {
            timer = loop.schedule(
                    () -> {
                        repeat();
                        repeatAfter(Math.min(2 * millis, T2_MILLIS));
                    },
                    millis,
                    TimeUnit.MILLISECONDS);
        }

        private void forget() {
            stopTimer();
            invites.remove(key);
        }
    }
}
