package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** One end of SIP over UDP, TCP or TLS, written with plain sockets; every read waits ten seconds at most. */
final class SipPeer implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;

    private final Wire wire;

    private interface Wire extends AutoCloseable {
        void send(byte[] message) throws IOException;

        String receive() throws IOException;

        String sentBy();

        @Override
        void close() throws IOException;
    }

    private SipPeer(Wire wire) {
        this.wire = wire;
    }

    static SipPeer udp(InetSocketAddress to) throws IOException {
        DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return new SipPeer(new Wire() {
            @Override
            public void send(byte[] message) throws IOException {
                socket.send(new DatagramPacket(message, message.length, to));
            }

            @Override
            public String receive() throws IOException {
                DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
                socket.receive(packet);
                return new String(packet.getData(), 0, packet.getLength(), ISO_8859_1);
            }

            @Override
            public String sentBy() {
                return "127.0.0.1:" + socket.getLocalPort();
            }

            @Override
            public void close() {
                socket.close();
            }
        });
    }

    static SipPeer tcp(InetSocketAddress to) throws IOException {
        return stream(new Socket(to.getAddress(), to.getPort()));
    }

    static SipPeer tls(SSLContext context, InetSocketAddress to) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(to.getAddress(), to.getPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.startHandshake();
        return stream(socket);
    }

    /** A connection that exists. */
    static SipPeer stream(Socket socket) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        InputStream in = new BufferedInputStream(socket.getInputStream());
        return new SipPeer(new Wire() {
            @Override
            public void send(byte[] message) throws IOException {
                socket.getOutputStream().write(message);
                socket.getOutputStream().flush();
            }

            @Override
            public String receive() throws IOException {
                ByteArrayOutputStream head = new ByteArrayOutputStream();
                while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
                    int next = in.read();
                    if (next < 0) {
                        throw new IOException("closed by the peer");
                    }
                    head.write(next);
                }
                String text = head.toString(ISO_8859_1);
                String length = header(text, "Content-Length");
                return text + new String(in.readNBytes(length.isEmpty() ? 0 : Integer.parseInt(length)), ISO_8859_1);
            }

            @Override
            public String sentBy() {
                return "127.0.0.1:" + socket.getLocalPort();
            }

            @Override
            public void close() throws IOException {
                socket.close();
            }
        });
    }

    /** The first value of that header, or nothing. */
    static String header(String message, String name) {
        return message.lines()
                .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse("");
    }

    void send(String message) throws IOException {
        wire.send(message.getBytes(ISO_8859_1));
    }

    String receive() throws IOException {
        return wire.receive();
    }

    /** The next final response. */
    String receiveFinal() throws IOException {
        while (true) {
            String message = receive();
            if (!message.startsWith("SIP/2.0 1")) {
                return message;
            }
        }
    }

    String sentBy() {
        return wire.sentBy();
    }

    @Override
    public void close() {
        try {
            wire.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
