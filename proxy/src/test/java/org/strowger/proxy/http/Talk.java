package org.strowger.proxy.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** A client that writes bytes and reads responses, one at a time. */
final class Talk implements AutoCloseable {
    final Socket socket;
    final InputStream in;
    final OutputStream out;

    Talk(InetSocketAddress to) throws IOException {
        socket = new Socket(to.getAddress(), to.getPort());
        socket.setSoTimeout(20_000);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    Talk send(String text) throws IOException {
        PlainBackend.write(out, text);
        return this;
    }

    Talk get(String target, String... fields) throws IOException {
        StringBuilder text = new StringBuilder("GET " + target + " HTTP/1.1\r\nHost: app\r\n");
        Arrays.stream(fields).forEach(field -> text.append(field).append("\r\n"));
        return send(text + "\r\n");
    }

    /** A response whose body has a length or chunks; the chunks as they came. */
    record Answer(String head, String body) {
        int status() {
            return head.isEmpty() ? 0 : Integer.parseInt(head.substring(9, 12));
        }

        String field(String name) {
            return head.lines()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
                    .map(line -> line.substring(name.length() + 1).trim())
                    .findFirst()
                    .orElse("");
        }
    }

    Answer read() throws IOException {
        String head = PlainBackend.head(in);
        Answer bare = new Answer(head, "");
        if (bare.field("Transfer-Encoding").equals("chunked")) {
            StringBuilder body = new StringBuilder();
            while (!body.toString().endsWith("0\r\n\r\n")) {
                int b = in.read();
                if (b < 0) {
                    return new Answer(head, body + "<end>");
                }
                body.append((char) b);
            }
            return new Answer(head, body.toString());
        }
        String length = bare.field("Content-Length");
        byte[] body = in.readNBytes(length.isEmpty() || bare.status() == 304 ? 0 : Integer.parseInt(length));
        return new Answer(head, new String(body, StandardCharsets.ISO_8859_1));
    }

    boolean isEnded() throws IOException {
        return in.read() < 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
