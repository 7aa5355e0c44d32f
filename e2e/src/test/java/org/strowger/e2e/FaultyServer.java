package org.strowger.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A SIP server over UDP, in the test's own process, that answers calls at once but for one fault. */
final class FaultyServer implements AutoCloseable {

    /** What is wrong with it. */
    enum Fault {
        NONE,
        /** Every second INVITE is answered with 503. */
        HALF_BUSY,
        /** OPTIONS is answered, INVITE never. */
        DEAF,
        /** Every answer comes two seconds late. */
        SLOW,
        /** Alive for a second, silent for a second, and so on. */
        FLAPPING,
        /** Three of ten datagrams do not reach it. */
        LOSSY
    }

    private static final Duration LATE = Duration.ofSeconds(2);

    private final DatagramSocket socket;
    private final ScheduledExecutorService late = Executors.newSingleThreadScheduledExecutor();
    private final Thread receiver = new Thread(this::receive, "faulty-server");
    private final AtomicInteger invitations = new AtomicInteger();
    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private final long startNanos = System.nanoTime();
    private final Random random = new Random(1);
    private final Fault fault;

    FaultyServer(Endpoint at, Fault fault) {
        this.fault = fault;
        try {
            socket = new DatagramSocket(new InetSocketAddress(InetAddress.getByName(at.address()), at.port()));
        } catch (IOException e) {
            throw new UncheckedIOException(at.hostPort(), e);
        }
        receiver.start();
    }

    /** New calls that came, retransmissions aside. */
    int invitations() {
        return invitations.get();
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
            String message = new String(bytes, 0, packet.getLength(), ISO_8859_1);
            if (!isSilent()) {
                answer(message, packet.getSocketAddress());
            }
        }
    }

    private boolean isSilent() {
        return switch (fault) {
            case FLAPPING -> TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos) % 2 == 1;
            case LOSSY -> random.nextInt(10) < 3;
            case NONE, HALF_BUSY, DEAF, SLOW -> false;
        };
    }

    private void answer(String request, SocketAddress to) {
        String method = request.substring(0, Math.max(0, request.indexOf(' ')));
        switch (method) {
            case "INVITE" -> invite(request, to);
            case "CANCEL" -> {
                send(response(request, "200 OK"), to);
                String invite = answers.remove(branch(request));
                if (invite != null && fault == Fault.SLOW) {
                    send(invite.replaceFirst("^SIP/2.0 [^\r]*", "SIP/2.0 487 Request Terminated"), to);
                }
            }
            case "ACK", "SIP/2.0" -> {} // wants no answer
            default -> send(response(request, "200 OK"), to);
        }
    }

    /** A retransmission gets the same answer again. */
    private void invite(String request, SocketAddress to) {
        String branch = branch(request);
        String known = answers.get(branch);
        if (known != null) {
            send(known, to);
            return;
        }
        int number = invitations.incrementAndGet();
        if (fault == Fault.DEAF) {
            return;
        }
        boolean busy = fault == Fault.HALF_BUSY && number % 2 == 0;
        String answer = response(request, busy ? "503 Service Unavailable" : "200 OK");
        answers.put(branch, answer);
        send(answer, to);
    }

    private void send(String message, SocketAddress to) {
        if (fault == Fault.SLOW) {
            var unused = late.schedule(() -> sendNow(message, to), LATE.toMillis(), TimeUnit.MILLISECONDS);
        } else {
            sendNow(message, to);
        }
    }

    private void sendNow(String message, SocketAddress to) {
        byte[] bytes = message.getBytes(ISO_8859_1);
        try {
            socket.send(new DatagramPacket(bytes, bytes.length, to));
        } catch (IOException e) {
            if (!socket.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
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
                            .append(line.contains(";tag=") ? "" : ";tag=faulty")
                            .append("\r\n");
                default -> {} // not in a response
            }
        }
        return text.append("Contact: <sip:")
                .append(socket.getLocalAddress().getHostAddress())
                .append(':')
                .append(socket.getLocalPort())
                .append(">\r\nContent-Length: 0\r\n\r\n")
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

    @Override
    public void close() {
        socket.close();
        late.shutdownNow();
        try {
            receiver.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
