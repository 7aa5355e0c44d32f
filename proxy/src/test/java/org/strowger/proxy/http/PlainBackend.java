package org.strowger.proxy.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that takes one connection per thread and says what a test wants it to. */
final class PlainBackend implements AutoCloseable {
    private final ServerSocket server;
    private final Speaker speaker;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    /** The heads of all requests. */
    final List<String> heads = new CopyOnWriteArrayList<>();

    /** One connection. */
    interface Speaker {
        /** Answers one request whose head has been read; false to end the connection. */
        boolean answer(String head, InputStream in, OutputStream out) throws IOException;
    }

    PlainBackend(Speaker speaker) throws IOException {
        this(0, speaker);
    }

    PlainBackend(int port, Speaker speaker) throws IOException {
        this.server = new ServerSocket();
        this.speaker = speaker;
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        daemon(this::accept);
    }

    /** Answers every request with its name. */
    static PlainBackend named(String name) throws IOException {
        return new PlainBackend((head, in, out) -> {
            write(out, "HTTP/1.1 200 OK\r\nContent-Length: " + name.length() + "\r\n\r\n" + name);
            return true;
        });
    }

    static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                daemon(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            String head = head(in);
            while (!head.isEmpty()) {
                heads.add(head);
                if (!speaker.answer(head, in, socket.getOutputStream())) {
                    return;
                }
                head = head(in);
            }
        } catch (IOException e) {
            return;
        } finally {
            open.remove(socket);
        }
    }

    /** Up to the empty line; empty at the end of the stream. */
    static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int b = in.read();
        while (b >= 0) {
            head.write(b);
            String text = head.toString(StandardCharsets.ISO_8859_1);
            if (b == '\n' && text.endsWith("\r\n\r\n")) {
                return text;
            }
            b = in.read();
        }
        return "";
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "backend");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            try {
                socket.setSoLinger(true, 0);
            } catch (SocketException closed) {
                // By the one who serves it.
            }
            socket.close();
        }
    }
}
