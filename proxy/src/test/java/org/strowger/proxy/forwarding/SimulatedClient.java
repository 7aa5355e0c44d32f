package org.strowger.proxy.forwarding;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** One INVITE client transaction (RFC 3261 section 17.1.1), over UDP or on a connection. */
final class SimulatedClient {
    final int number;
    final boolean stream;
    /** How often each final status came, by status and To tag. */
    final Map<String, Integer> finals = new TreeMap<>();

    boolean cancelled;
    long startMillis;
    long finalMillis = -1;
    private final SimulatedNetwork network;
    private final Consumer<byte[]> wire;
    private boolean heard;
    private boolean wantsCancel;
    private boolean cancelAnswered;

    SimulatedClient(int number, boolean stream, SimulatedNetwork network, Consumer<byte[]> wire) {
        this.number = number;
        this.stream = stream;
        this.network = network;
        this.wire = wire;
    }

    void start() {
        startMillis = network.millis();
        send("INVITE", "");
        if (!stream) {
            repeat(500);
        }
    }

    private void repeat(long pause) {
        network.after(pause, () -> {
            if (!heard && pause < 32_000) {
                send("INVITE", "");
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
        heard = true;
        if (status >= 200) {
            if (finals.isEmpty()) {
                finalMillis = network.millis();
            }
            String to = m.header("To");
            finals.merge(status < 300 ? "200 " + to : String.valueOf(status), 1, Integer::sum);
            if (status >= 300) {
                send("ACK", to.substring(to.indexOf('>') + 1));
            }
        } else if (wantsCancel) {
            cancel();
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
        headers.put("Content-Length", "0");
        wire.accept(Simulated.request(method, "sip:bob@example.com", headers));
    }

    /** Two failures; a 2xx after a failure is allowed (RFC 3261 section 16.7 step 5), each is a call of its own. */
    List<String> complaints() {
        long failures =
                finals.keySet().stream().filter(key -> !key.startsWith("200")).count();
        return failures > 1 ? List.of(number + ": " + finals) : List.of();
    }
}
