package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Locale;
import javax.net.ServerSocketFactory;

/** A gateway for tests: it has a page, and WebSockets. */
final class GatewayServer implements AutoCloseable {
    private final ServerSocket server;
    private volatile boolean hangs;

    GatewayServer(ServerSocketFactory sockets) throws IOException {
        server = sockets.createServerSocket(0, 50, RelayFixture.LOOPBACK);
        daemon(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    daemon(() -> serve(socket));
                } catch (IOException e) {
                    return;
                }
            }
        });
    }

    int port() {
        return server.getLocalPort();
    }

    /** Takes connections from now on, and answers nothing on them; those that there are stay as they are. */
    void hang() {
        hangs = true;
    }

    /** Knows /healthy, and WebSockets of the sub-protocol "good", in which it echoes. */
    private void serve(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            String head = head(in);
            if (hangs) {
                in.transferTo(OutputStream.nullOutputStream());
                return;
            }
            String lower = head.toLowerCase(Locale.ROOT);
            if (lower.contains("upgrade: websocket") && lower.contains("protocol: good")) {
                out.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n"
                                + "Sec-WebSocket-Accept: " + accept(head) + "\r\nSec-WebSocket-Protocol: good\r\n\r\n")
                        .getBytes(ISO_8859_1));
                in.transferTo(out);
            } else {
                String status = head.startsWith("GET /healthy ") ? "200 OK" : "404 Not Found";
                out.write(("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                        .getBytes(ISO_8859_1));
            }
        } catch (IOException e) {
            return; // a probe that has seen enough
        }
    }

    static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int b = in.read(); b >= 0; b = in.read()) {
            head.append((char) b);
            if (head.indexOf("\r\n\r\n") >= 0) {
                break;
            }
        }
        return head.toString();
    }

    private static String accept(String head) {
        String key = head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("sec-websocket-key:"))
                .map(line -> line.substring(18).trim())
                .findFirst()
                .orElse("");
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1")
                            .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(ISO_8859_1)));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "backend");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
