package org.strowger.proxy.peers;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLContext;

/** A SIP over WebSocket client on the JDK's WebSocket, as a browser is one. */
public final class WebSocketPhone extends SipPeer {
    private final WebSocket socket;
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();

    public WebSocketPhone(InetSocketAddress server) {
        this(server, Map.of());
    }

    public WebSocketPhone(InetSocketAddress server, Map<String, String> headers) {
        this(HttpClient.newHttpClient(), "ws", server, headers);
    }

    /** Over TLS. */
    public WebSocketPhone(SSLContext tls, InetSocketAddress server) {
        this(HttpClient.newBuilder().sslContext(tls).build(), "wss", server, Map.of());
    }

    private WebSocketPhone(HttpClient client, String scheme, InetSocketAddress server, Map<String, String> headers) {
        WebSocket.Builder builder = client.newWebSocketBuilder().subprotocols("sip");
        headers.forEach(builder::header);
        URI uri = URI.create(scheme + "://" + server.getAddress().getHostAddress() + ":" + server.getPort() + "/sip");
        socket = builder.buildAsync(uri, new Hearing()).join();
    }

    public String subProtocol() {
        return socket.getSubprotocol();
    }

    /** The code that the server closed the connection with. */
    public CompletableFuture<Integer> closed() {
        return closed;
    }

    @Override
    public void send(String message) {
        socket.sendText(message, true).join();
    }

    /** The same in two fragments of a binary message, with a ping between. */
    public void sendInPieces(String message) {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        int half = bytes.length / 2;
        socket.sendBinary(ByteBuffer.wrap(bytes, 0, half), false).join();
        socket.sendPing(ByteBuffer.wrap(new byte[] {1, 2, 3})).join();
        socket.sendBinary(ByteBuffer.wrap(bytes, half, bytes.length - half), true)
                .join();
    }

    /** The connection is gone without a word. */
    public void abort() {
        socket.abort();
    }

    @Override
    public void close() {
        socket.abort();
    }

    /** Gathers what comes. */
    private final class Hearing implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                arrived(text.toString());
                text.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
            text.append(StandardCharsets.ISO_8859_1.decode(data));
            if (last) {
                arrived(text.toString());
                text.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            closed.complete(code);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            closed.completeExceptionally(error);
        }
    }
}
