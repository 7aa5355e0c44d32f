package org.strowger.proxy.peers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A TCP server of whatever connection came last. */
public final class TcpServerPeer extends SipPeer {
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\nContent-Length: *(\\d+)");

    private final ServerSocket server;
    private volatile @Nullable Socket last;

    public TcpServerPeer() throws IOException {
        server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
    }

    public int port() {
        return server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                last = socket;
                start(() -> read(socket));
            }
        } catch (IOException e) {
            return; // closed
        }
    }

    private void read(Socket socket) {
        try {
            InputStream in = socket.getInputStream();
            StringBuilder text = new StringBuilder();
            for (int next = in.read(); next >= 0; next = in.read()) {
                text.append((char) next);
                int head = text.indexOf("\r\n\r\n");
                if (head >= 0) {
                    Matcher length = LENGTH.matcher(text);
                    int body = length.find() ? Integer.parseInt(length.group(1)) : 0;
                    if (text.length() >= head + 4 + body) {
                        arrived(text.toString());
                        text.setLength(0);
                    }
                }
            }
        } catch (IOException e) {
            return; // closed
        }
    }

    @Override
    public void send(String message) {
        Socket socket = last;
        try {
            if (socket == null) {
                throw new IOException("nobody has connected");
            }
            socket.getOutputStream().write(message.getBytes(ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            if (last != null) {
                last.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
