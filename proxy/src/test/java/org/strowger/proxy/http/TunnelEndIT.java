package org.strowger.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strowger.health.Eligibility;
import org.strowger.proxy.metrics.Counter;

/** Which tunnels stay open, and how the others end, when the state of a backend changes. */
@Timeout(60)
class TunnelEndIT {
    private static final String[] UPGRADE = {"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: k"};
    private static final byte[] RESTART = {(byte) 0x88, 2, 3, (byte) 0xf4};

    private final CompletableFuture<Boolean> backendEnded = new CompletableFuture<>();

    /** Says that after the handshake, and then nothing. */
    private PlainBackend saying(String text) throws IOException {
        return new PlainBackend((head, in, out) -> {
            PlainBackend.write(out, "HTTP/1.1 101 Switching Protocols\r\n\r\n" + text);
            while (in.read() >= 0) {
                // What the client says is not looked at.
            }
            backendEnded.complete(true);
            return false;
        });
    }

    @ParameterizedTest
    @CsvSource({"NONE, ''", "LINGERING, ''", "NONE, \u0081\u0002ab"})
    void aClientWhoseBackendIsDownIsToldToComeAgain(Eligibility state, String said) throws Exception {
        try (PlainBackend backend = saying(said);
                HttpSetup setup = new HttpSetup(backend.address());
                Talk talk = new Talk(setup.address())) {
            assertThat(talk.get("/ws", UPGRADE).read().status()).isEqualTo(101);
            assertThat(talk.in.readNBytes(said.length())).hasSize(said.length());

            setup.set(0, state);

            assertThat(talk.in.readAllBytes()).isEqualTo(RESTART);
            assertThat(backendEnded.get(10, TimeUnit.SECONDS)).isTrue();
            assertThat(setup.count(Counter.HTTP_TUNNELS_ENDED)).isEqualTo(1);
            setup.run(() -> assertThat(setup.loop().tunnels().size()).isZero());
        }
    }

    @Test
    void inTheMiddleOfAFrameNothingIsSaid() throws Exception {
        try (PlainBackend backend = saying("\u0081\u0005ab");
                HttpSetup setup = new HttpSetup(backend.address());
                Talk talk = new Talk(setup.address())) {
            assertThat(talk.get("/ws", UPGRADE).read().status()).isEqualTo(101);
            assertThat(talk.in.readNBytes(4)).hasSize(4);

            setup.set(0, Eligibility.NONE);

            assertThat(talk.isEnded()).isTrue();
            assertThat(backendEnded.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aBackendThatDrainsKeepsItsTunnelsUntilItsTimeIsOver() throws Exception {
        try (PlainBackend backend = saying("");
                HttpSetup setup = new HttpSetup(backend.address());
                Talk talk = new Talk(setup.address())) {
            assertThat(talk.get("/ws", UPGRADE).read().status()).isEqualTo(101);

            setup.set(0, Eligibility.ESTABLISHED_ONLY);
            assertThat(setup.count(Counter.HTTP_TUNNELS_ENDED)).isZero();
            talk.send("still here");
            setup.set(0, Eligibility.NONE);

            assertThat(talk.in.readAllBytes()).isEqualTo(RESTART);
        }
    }
}
