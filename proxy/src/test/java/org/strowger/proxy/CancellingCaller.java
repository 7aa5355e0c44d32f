package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Calls, calls again as if the first INVITE were lost, cancels while it rings, and acknowledges the failure: all that must
 * meet the backend of the INVITE without a Route. Each INVITE, but the repetitions, is a call that must end with 487.
 */
final class CancellingCaller implements AutoCloseable {
    private static final int REPEAT_MILLIS = 40;
    private static final int CANCEL_MILLIS = 120;
    private static final int LOST_MILLIS = 500;

    private final DatagramSocket socket;
    private final InetSocketAddress proxy;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Thread receiver = new Thread(this::receive, "cancelling-caller");
    /** What each call came to by its Call-ID: its last response. */
    private final Map<String, String> calls = new ConcurrentHashMap<>();

    private int placed;
    private volatile boolean stopping;

    CancellingCaller(InetSocketAddress proxy, int callsPerSecond) throws IOException {
        this.proxy = proxy;
        this.socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        receiver.start();
        var unused = timer.scheduleAtFixedRate(this::call, 0, 1_000_000L / callsPerSecond, TimeUnit.MICROSECONDS);
    }

    private void call() {
        if (stopping) {
            return;
        }
        String id = "cancelled-" + ++placed;
        calls.put(id, "nothing");
        send("INVITE", id, "");
        later(REPEAT_MILLIS, () -> send("INVITE", id, ""));
        later(CANCEL_MILLIS, () -> cancel(id, 0));
        later(LOST_MILLIS, () -> again(id, 0));
    }

    /** Repeated until there is any response: where a machine stands still, sockets overflow (RFC 3261 section 17.1.1.2). */
    private void again(String id, int times) {
        if (times < 6 && "nothing".equals(calls.get(id))) {
            send("INVITE", id, "");
            later(LOST_MILLIS << times, () -> again(id, times + 1));
        }
    }

    /** Repeated until the INVITE has ended. */
    private void cancel(String id, int times) {
        if (times < 8 && !"487".equals(calls.get(id))) {
            send("CANCEL", id, "");
            later(500, () -> cancel(id, times + 1));
        }
    }

    private void later(int millis, Runnable task) {
        var unused = timer.schedule(task, millis, TimeUnit.MILLISECONDS);
    }

    private void send(String method, String id, String toTag) {
        String text = """
                %s sip:service@example.com SIP/2.0
                Via: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bK%s
                Max-Forwards: 70
                From: <sip:caller@example.com>;tag=1
                To: <sip:service@example.com>%s
                Call-ID: %s
                CSeq: 1 %s
                Contact: <sip:caller@127.0.0.1:%d>
                Content-Length: 0

                """.formatted(method, socket.getLocalPort(), id, toTag, id, method, socket.getLocalPort());
        byte[] bytes = text.replace("\n", "\r\n").getBytes(US_ASCII);
        try {
            socket.send(new DatagramPacket(bytes, bytes.length, proxy));
        } catch (IOException e) {
            if (!socket.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void receive() {
        byte[] bytes = new byte[65_536];
        while (!socket.isClosed()) {
            DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
            try {
                socket.receive(packet);
            } catch (IOException closed) {
                return;
            }
            onResponse(new String(bytes, 0, packet.getLength(), US_ASCII));
        }
    }

    private void onResponse(String text) {
        if (!text.contains("CSeq: 1 INVITE")) {
            return;
        }
        String id = header(text, "Call-ID: ");
        String status = text.substring(8, 11);
        if (status.charAt(0) != '1') {
            String to = header(text, "To: ");
            send("ACK", id, to.substring(to.indexOf(';')));
        }
        calls.merge(id, status, (before, now) -> before.charAt(0) >= '2' && before.length() == 3 ? before : now);
    }

    private static String header(String text, String name) {
        int start = text.indexOf("\r\n" + name) + 2 + name.length();
        return text.substring(start, text.indexOf("\r\n", start));
    }

    /** Places no further call. */
    void stop() {
        stopping = true;
    }

    /** What each call came to so far, by its Call-ID. */
    Map<String, String> calls() {
        return Map.copyOf(calls);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        socket.close();
        try {
            receiver.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
