package org.strowger.e2e;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The control connection of a baresip phone (module ctrl_tcp): commands out, events in, JSON in netstrings. */
final class PhoneControl implements AutoCloseable {
    private final Socket socket;
    private final Queue<String> received = new ConcurrentLinkedQueue<>();

    private PhoneControl(Socket socket) {
        this.socket = socket;
        Thread reader = new Thread(this::read, "phone events");
        reader.setDaemon(true);
        reader.start();
    }

    /** Connects as soon as the phone listens. */
    static PhoneControl connect(InetSocketAddress to) {
        return new PhoneControl(await("control port " + to)
                .atMost(Duration.ofSeconds(10))
                .until(() -> attempt(to), Optional::isPresent)
                .orElseThrow());
    }

    private static Optional<Socket> attempt(InetSocketAddress to) {
        try {
            return Optional.of(new Socket(to.getAddress(), to.getPort()));
        } catch (IOException notYet) {
            return Optional.empty();
        }
    }

    /** Sends a command; its outcome is seen in the events. */
    void send(String command, String parameter) throws IOException {
        String json = "{\"command\":\"" + command + "\",\"params\":\"" + parameter + "\",\"token\":\"t\"}";
        socket.getOutputStream().write((json.length() + ":" + json + ",").getBytes(StandardCharsets.US_ASCII));
    }

    /** How many events of a type have come. */
    int count(String type) {
        return events().split("\"type\":\"" + type + "\"", -1).length - 1;
    }

    /** All that has come. */
    String events() {
        return String.join("", received);
    }

    private void read() {
        byte[] buffer = new byte[4096];
        try {
            for (int n = socket.getInputStream().read(buffer);
                    n > 0;
                    n = socket.getInputStream().read(buffer)) {
                received.add(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
            }
        } catch (IOException closed) {
            received.add("(closed)");
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
