package org.strowger.proxy.forwarding;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** One client transaction (RFC 3261 sections 17.1.1 and 17.1.2), over UDP or on a connection. */
final class SimulatedClient {
    final int number;
    final boolean stream;
    /** How often each final status came, by status and To tag. */
    final Map<String, Integer> finals = new TreeMap<>();

    /** Provisional responses above 100, by status and To tag. */
    final Map<String, Integer> provisionals = new TreeMap<>();

    /** Responses that came after Timer F, when nobody waited for them any more. */
    int late;

    /** Of its INVITE. */
    int bodyLength;

    boolean cancelled;
    long startMillis;
    long finalMillis = -1;
    private final String method;
    private final SimulatedNetwork network;
    private final Consumer<byte[]> wire;
    private boolean heard;
    private boolean wantsCancel;
    private boolean cancelAnswered;

    SimulatedClient(String method, int number, boolean stream, SimulatedNetwork network, Consumer<byte[]> wire) {
        this.method = method;
        this.number = number;
        this.stream = stream;
        this.network = network;
        this.wire = wire;
    }

    void start() {
        startMillis = network.millis();
        send(method, "");
        if (stream) {
            return;
        }
        if (isInvite()) {
            repeat(500);
        } else {
            repeatUntilFinal(500, 500);
        }
    }

    private boolean isInvite() {
        return method.equals("INVITE");
    }

    /** Timers E and F. */
    private void repeatUntilFinal(long pause, long passed) {
        network.after(pause, () -> {
            if (finals.isEmpty() && passed < 32_000) {
                send(method, "");
                long next = Math.min(heard ? 4000 : 2 * pause, 4000);
                repeatUntilFinal(next, passed + next);
            }
        });
    }

    private void repeat(long pause) {
        network.after(pause, () -> {
            if (!heard && pause < 32_000) {
                send(method, "");
                repeat(2 * pause);
            }
        });
    }

    void cancel() {
        wantsCancel = true;
        if (heard && finals.isEmpty() && !cancelled) {
            cancelled = true;
            repeatCancel(500);
        }
    }

    private void repeatCancel(long pause) {
        if (!cancelAnswered) {
            send("CANCEL", "");
            if (!stream && pause < 32_000) {
                network.after(pause, () -> repeatCancel(2 * pause));
            }
        }
    }

    void receive(Simulated m) {
        int status = m.status();
        if (m.cseqMethod().equals("CANCEL")) {
            cancelAnswered = true;
            return;
        }
        if (!isInvite() && network.millis() - startMillis > 32_000) {
            late++;
            return;
        }
        heard = true;
        if (status >= 200) {
            if (finals.isEmpty()) {
                finalMillis = network.millis();
            }
            String to = m.header("To");
            boolean whole = status < 300 || !isInvite();
            finals.merge(whole ? status + " " + to : String.valueOf(status), 1, Integer::sum);
            if (status >= 300 && isInvite()) {
                send("ACK", to.substring(to.indexOf('>') + 1));
            }
        } else {
            if (status > 100) {
                provisionals.merge(status + " " + m.header("To"), 1, Integer::sum);
            }
            if (wantsCancel) {
                cancel();
            }
        }
    }

    private void send(String method, String toTag) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Via", "SIP/2.0/" + (stream ? "TCP" : "UDP") + " 198.51.100.7;rport;branch=z9hG4bKc" + number);
        headers.put("Max-Forwards", "70");
        headers.put("From", "<sip:alice@example.com>;tag=f" + number);
        headers.put("To", "<sip:bob@example.com>" + toTag);
        headers.put("Call-ID", "call-" + number);
        headers.put("CSeq", "1 " + method);
        int body = method.equals("INVITE") ? bodyLength : 0;
        headers.put("Content-Length", String.valueOf(body));
        byte[] head = Simulated.request(method, "sip:bob@example.com", headers);
        wire.accept(Arrays.copyOf(head, head.length + body));
    }

    /** Two failures; a 2xx after a failure is allowed (RFC 3261 section 16.7 step 5), each is a call of its own. */
    List<String> complaints() {
        long failures =
                finals.keySet().stream().filter(key -> !key.startsWith("200")).count();
        return failures > 1 ? List.of(number + ": " + finals) : List.of();
    }
}
