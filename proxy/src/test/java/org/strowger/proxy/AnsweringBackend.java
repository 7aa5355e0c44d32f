package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A SIP server over UDP that answers every request but ACK at once. Its thread ends with its socket. */
final class AnsweringBackend implements AutoCloseable {
    private final DatagramSocket socket;
    private final int port;
    private final Set<String> calls = ConcurrentHashMap.newKeySet();
    private volatile String optionsStatus = "200 OK";

    private AnsweringBackend(DatagramSocket socket) {
        this.socket = socket;
        this.port = socket.getLocalPort();
    }

    /** @param port 0 for any */
    static AnsweringBackend start(int port) {
        try {
            AnsweringBackend backend = new AnsweringBackend(new DatagramSocket(port, InetAddress.getLoopbackAddress()));
            Thread thread = new Thread(backend::serve);
            thread.setDaemon(true);
            thread.start();
            return backend;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve() {
        DatagramPacket packet = new DatagramPacket(new byte[8192], 8192);
        try {
            while (true) {
                packet.setLength(8192);
                socket.receive(packet);
                String request = new String(packet.getData(), 0, packet.getLength(), ISO_8859_1);
                if (request.startsWith("INVITE ")) {
                    request.lines().filter(line -> line.startsWith("Call-ID:")).forEach(calls::add);
                }
                if (!request.startsWith("ACK ")) {
                    byte[] answer = answer(request).getBytes(ISO_8859_1);
                    socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            }
        } catch (IOException e) {
            return; // closed
        }
    }

    private String answer(String request) {
        StringBuilder answer = new StringBuilder("SIP/2.0 ")
                .append(request.startsWith("OPTIONS ") ? optionsStatus : "486 Busy Here")
                .append("\r\n");
        for (String line : request.lines().toList()) {
            if (line.matches("(Via|From|To|Call-ID|CSeq|Record-Route):.*")) {
                answer.append(line)
                        .append(line.startsWith("To:") ? ";tag=b" : "")
                        .append("\r\n");
            }
        }
        return answer.append("Content-Length: 0\r\n\r\n").toString();
    }

    /** With what OPTIONS is answered from now on. */
    void answerOptions(String status) {
        optionsStatus = status;
    }

    /** The calls that came here, each once. */
    int calls() {
        return calls.size();
    }

    int port() {
        return port;
    }

    String id() {
        return "udp:127.0.0.1:" + port();
    }

    @Override
    public void close() {
        socket.close();
    }
}
