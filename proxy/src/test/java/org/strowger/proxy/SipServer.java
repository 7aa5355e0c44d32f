package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.Closeable;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** A backend that takes every call with 200, over UDP, TCP or TLS by Java's own sockets; it keeps what it received. */
final class SipServer implements AutoCloseable {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final String transport;
    private final int port;
    private final Closeable socket;
    private final List<String> requests = new CopyOnWriteArrayList<>();

    private SipServer(String transport, int port, Closeable socket) {
        this.transport = transport;
        this.port = port;
        this.socket = socket;
    }

    static SipServer udp() throws IOException {
        DatagramSocket socket = new DatagramSocket(0, LOOPBACK);
        SipServer server = new SipServer("udp", socket.getLocalPort(), socket);
        start(() -> {
            DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
            while (true) {
                packet.setLength(65_536);
                socket.receive(packet);
                String answer = server.answer(new String(packet.getData(), 0, packet.getLength(), ISO_8859_1));
                if (!answer.isEmpty()) {
                    byte[] bytes = answer.getBytes(ISO_8859_1);
                    socket.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
                }
            }
        });
        return server;
    }

    static SipServer tcp() throws IOException {
        return accepting("tcp", new ServerSocket(0, 50, LOOPBACK));
    }

    static SipServer tls(SSLContext context) throws IOException {
        return accepting("tls", context.getServerSocketFactory().createServerSocket(0, 50, LOOPBACK));
    }

    /** One that asks for the certificate of its clients. */
    static SipServer mutualTls(SSLContext context) throws IOException {
        SSLServerSocket socket =
                (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 50, LOOPBACK);
        socket.setNeedClientAuth(true);
        return accepting("tls", socket);
    }

    private static SipServer accepting(String transport, ServerSocket socket) {
        SipServer server = new SipServer(transport, socket.getLocalPort(), socket);
        start(() -> {
            while (true) {
                SipPeer peer = SipPeer.stream(socket.accept());
                start(() -> {
                    while (true) {
                        String answer = server.answer(peer.receive());
                        if (!answer.isEmpty()) {
                            peer.send(answer);
                        }
                    }
                });
            }
        });
        return server;
    }

    private interface Loop {
        void run() throws IOException;
    }

    private static void start(Loop loop) {
        Thread thread = new Thread(() -> {
            try {
                loop.run();
            } catch (IOException e) {
                return; // closed
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private String answer(String request) {
        requests.add(request);
        if (request.startsWith("ACK ")) {
            return "";
        }
        StringBuilder answer = new StringBuilder("SIP/2.0 200 OK\r\n");
        for (String line : request.lines().toList()) {
            if (line.matches("(Via|From|To|Call-ID|CSeq|Record-Route):.*")) {
                boolean tagged = !line.startsWith("To:") || line.contains(";tag=");
                answer.append(line).append(tagged ? "" : ";tag=b").append("\r\n");
            }
        }
        return answer.append("Contact: <sip:b@127.0.0.1:" + port + ";transport=" + transport + ">\r\n")
                .append("Content-Length: 0\r\n\r\n")
                .toString();
    }

    /** What it received, of that method. */
    List<String> requests(String method) {
        return requests.stream().filter(one -> one.startsWith(method + " ")).toList();
    }

    String id() {
        return transport + ":127.0.0.1:" + port;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
