package org.strowger.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.strowger.proxy.metrics.Counter;

/** WebSockets through the HTTP side, and those that are handed to the door of SIP. */
@Timeout(60)
class HttpTunnelIT extends HttpFixture {
    @Test
    void aWebSocketIsATunnelWithTwoEnds() throws IOException {
        HttpSetup setup = proxy(backend((head, in, out) -> {
            assertThat(head).contains("Upgrade: websocket\r\n").contains("Connection: Upgrade\r\n");
            PlainBackend.write(
                    out,
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Accept: x\r\n\r\nhello");
            int b = in.read();
            while (b >= 0) {
                out.write(b);
                b = in.read();
            }
            PlainBackend.write(out, "bye");
            return false;
        }));
        setup.cookie(new Sticky("STROWGER", Sticky.Pages.NONE));
        Talk talk = talk(setup);
        talk.get(
                "/ws",
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Key: k",
                "Sec-WebSocket-Version: 13");

        Talk.Answer answer = talk.read();
        assertThat(answer.status()).isEqualTo(101);
        assertThat(answer.field("Set-Cookie"))
                .startsWith("STROWGER=")
                .endsWith("; Path=/; HttpOnly; SameSite=None; Secure");
        assertThat(answer.field("Sec-WebSocket-Accept")).isEqualTo("x");
        assertThat(talk.in.readNBytes(5)).asString().isEqualTo("hello");
        for (int i = 0; i < 100; i++) {
            talk.send("echo");
            assertThat(talk.in.readNBytes(4)).asString().isEqualTo("echo");
        }
        talk.socket.shutdownOutput();
        assertThat(talk.in.readAllBytes()).asString().isEqualTo("bye");
        assertThat(setup.count(Counter.HTTP_TUNNELS)).isEqualTo(1);
        assertThat(setup.count(Counter.HTTP_TUNNEL_BYTES)).isEqualTo(808);
    }

    @Test
    void aRefusedHandshakeIsAnAnswerAndATunnelEndsWithItsBackend() throws IOException {
        PlainBackend a = backend((head, in, out) -> {
            if (head.contains("/no")) {
                PlainBackend.write(out, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
                return true;
            }
            PlainBackend.write(out, "HTTP/1.1 101 Switching Protocols\r\n\r\n");
            return in.read() >= 0;
        });
        HttpSetup setup = proxy(a);
        String[] fields = {"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: k"};

        assertThat(talk(setup).get("/no", fields).read().status()).isEqualTo(403);
        Talk talk = talk(setup).get("/ws", fields);
        assertThat(talk.read().status()).isEqualTo(101);
        talk.send("x");
        a.close();
        assertThat(talk.isEnded()).isTrue();
    }

    @Test
    void aHandshakeForTheDoorIsTheDoors() throws IOException {
        HttpSetup setup = proxy(open(PlainBackend.named("a"))).door(new WebSocketDoor() {
            @Override
            public boolean wants(io.netty.handler.codec.http.HttpHeaders fields) {
                return fields.contains("Sec-WebSocket-Protocol", "sip", true);
            }

            @Override
            public void enter(io.netty.channel.Channel channel, io.netty.buffer.ByteBuf handshake) {
                var unused = channel.writeAndFlush(handshake);
            }
        });
        Talk talk = talk(setup);
        assertThat(talk.get("/").read().body()).isEqualTo("a");
        talk.get(
                "/s",
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Key: k",
                "Sec-WebSocket-Protocol: sip");

        assertThat(PlainBackend.head(talk.in))
                .startsWith("GET /s HTTP/1.1\r\n")
                .contains("Host: app\r\n", "Sec-WebSocket-Key: k\r\n", "Upgrade: websocket\r\n");
        assertThat(setup.loop().clients()).isZero();
    }
}
