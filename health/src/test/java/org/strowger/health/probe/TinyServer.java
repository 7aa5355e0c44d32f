package org.strowger.health.probe;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that gives each question the same answer. Its thread ends with its socket. */
final class TinyServer implements AutoCloseable {
    private final InetSocketAddress address;
    private final Closeable socket;
    private final List<Socket> accepted = new CopyOnWriteArrayList<>();

    private TinyServer(InetSocketAddress address, Closeable socket) {
        this.address = address;
        this.socket = socket;
    }

    /** Leaves the first {@code deaf} datagrams unanswered. */
    static TinyServer udp(String status, int deaf) throws IOException {
        return udp(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), status, deaf);
    }

    static TinyServer udp(InetSocketAddress bind, String status, int deaf) throws IOException {
        DatagramSocket socket = new DatagramSocket(bind);
        TinyServer server = new TinyServer((InetSocketAddress) socket.getLocalSocketAddress(), socket);
        start(() -> {
            DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
            for (int i = 0; ; i++) {
                packet.setLength(4096);
                socket.receive(packet);
                if (i >= deaf) {
                    byte[] answer = answer(new String(packet.getData(), 0, packet.getLength(), ISO_8859_1), status);
                    socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            }
        });
        return server;
    }

    static TinyServer tcp(String status) throws IOException {
        return stream((request, out) -> out.write(answer(request, status)));
    }

    static TinyServer http(String status, String json) throws IOException {
        String type = json.isEmpty() ? "" : "Content-Type: application/json\r\n";
        String answer = "HTTP/1.1 " + status + "\r\n" + type + "Content-Length: " + json.length() + "\r\n\r\n" + json;
        return stream((request, out) -> out.write(answer.getBytes(ISO_8859_1)));
    }

    private static TinyServer stream(Answering answering) throws IOException {
        ServerSocket socket = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        TinyServer server = new TinyServer((InetSocketAddress) socket.getLocalSocketAddress(), socket);
        start(() -> {
            while (true) {
                Socket one = socket.accept();
                server.accepted.add(one);
                start(() -> serve(one, answering));
            }
        });
        return server;
    }

    private static void serve(Socket socket, Answering answering) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
        StringBuilder request = new StringBuilder();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            request.append(line).append("\r\n");
            if (line.isEmpty()) {
                answering.answer(request.toString(), socket.getOutputStream());
                request.setLength(0);
            }
        }
    }

    static byte[] answer(String request, String status) {
        StringBuilder answer = new StringBuilder("SIP/2.0 " + status + "\r\n");
        for (String line : request.lines().toList()) {
            if (line.matches("(Via|From|To|Call-ID|CSeq):.*")) {
                answer.append(line)
                        .append(line.startsWith("To:") ? ";tag=tiny" : "")
                        .append("\r\n");
            }
        }
        return answer.append("Content-Length: 0\r\n\r\n").toString().getBytes(ISO_8859_1);
    }

    static InetSocketAddress freeUdpPort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return (InetSocketAddress) socket.getLocalSocketAddress();
        }
    }

    InetSocketAddress address() {
        return address;
    }

    int connections() {
        return accepted.size();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (Socket one : accepted) {
            one.close();
        }
    }

    private static void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                return; // closed
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    /** What a thread does until its socket is closed. */
    private interface Work {
        void run() throws IOException;
    }

    /** Answers one request. */
    private interface Answering {
        void answer(String request, OutputStream out) throws IOException;
    }
}
