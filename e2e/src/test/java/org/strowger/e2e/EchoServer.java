package org.strowger.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.strowger.sip.websocket.FrameReader;
import org.strowger.sip.websocket.FrameViolation;
import org.strowger.sip.websocket.FrameWriter;

/**
 * A WebSocket server that sends each message back, made of what Strowger reads and writes frames of SIP over WebSocket
 * with, so that those who test servers can test that.
 */
final class EchoServer implements AutoCloseable {
    private static final int MAX_MESSAGE = 32 * 1024 * 1024;
    private static final Pattern KEY = Pattern.compile("(?i)\r\nSec-WebSocket-Key: *(\\S+)");
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final ServerSocket server;

    EchoServer(String address) {
        try {
            server = new ServerSocket();
            server.bind(new InetSocketAddress(address, 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread acceptor = new Thread(this::accept, "echo-acceptor");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                Thread thread = new Thread(() -> serve(client), "echo-connection");
                thread.setDaemon(true);
                thread.start();
            }
        } catch (IOException closed) {
            // The test has ended.
        }
    }

    private static void serve(Socket client) {
        try (client) {
            client.setTcpNoDelay(true);
            InputStream in = client.getInputStream();
            OutputStream out = client.getOutputStream();
            out.write(switching(head(in)).getBytes(ISO_8859_1));
            Echo echo = new Echo(out);
            byte[] bytes = new byte[64 * 1024];
            for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                // After the close frame the client may still talk: read on until it hangs up.
                echo.reader.feed(bytes, 0, n, echo);
                if (echo.ended) {
                    client.shutdownOutput();
                }
            }
        } catch (IOException | UncheckedIOException gone) {
            // Many cases end by hanging up.
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("no handshake");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static String switching(String head) throws IOException {
        Matcher key = KEY.matcher(head);
        if (!key.find()) {
            throw new IOException("no key");
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1").digest((key.group(1) + GUID).getBytes(ISO_8859_1));
            return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: " + Base64.getEncoder().encodeToString(hash) + "\r\n\r\n";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One connection's answers. */
    private static final class Echo implements FrameReader.Sink {
        private final FrameReader reader = new FrameReader(FrameReader.Peer.CLIENT, MAX_MESSAGE);
        private final OutputStream out;
        private boolean ended;

        Echo(OutputStream out) {
            this.out = out;
        }

        @Override
        public void message(byte[] bytes, int from, int to) {
            ByteBuf frame = Unpooled.buffer(FrameWriter.header(to - from) + to - from);
            FrameWriter.message(bytes, from, to - from, frame);
            // SIP over WebSocket chooses by the content; an echo has to be of the kind that came.
            frame.setByte(0, reader.isText() ? 0x81 : 0x82);
            write(frame.array(), frame.readableBytes());
        }

        @Override
        public void ping(byte[] bytes, int from, int to) {
            write(FrameWriter.pong(bytes, from, to));
        }

        @Override
        public void pong() {
            // Nobody was asked.
        }

        @Override
        public void close(int code) {
            write(FrameWriter.close(code));
            ended = true;
        }

        @Override
        public void violated(FrameViolation violation) {
            write(FrameWriter.close(violation.closeCode()));
            ended = true;
        }

        private void write(byte[] frame) {
            write(frame, frame.length);
        }

        private void write(byte[] frame, int length) {
            try {
                out.write(frame, 0, length);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
