package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.proxy.config.Loading;
import org.strowger.sip.cookie.ClusterKey;

/** What a TCP client is told before its connection is closed because its stream cannot be cut into messages. */
@Timeout(120)
final class BrokenStreamIT {
    private Strowger strowger;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        Keys keys = new Keys(ClusterKey.of(new byte[ClusterKey.LENGTH]), Optional.empty());
        strowger = Strowger.start(Loading.in(folder).loaded("""
                event-loops = 1
                protection.max-message = 4KiB
                listeners { tcp { transport = tcp, bind = "127.0.0.1:0" } }
                pools { main { backends = [ "tcp:127.0.0.1:9" ] } }
                rules = [ { pool = main } ]
                """), keys, new SplittableRandom(1));
    }

    @AfterEach
    void stop() {
        strowger.close();
    }

    private static String request(String method, String lines) {
        return method + " sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKbroken\r\n"
                + "Max-Forwards: 70\r\nFrom: <sip:a@example.com>;tag=1\r\nTo: <sip:bob@example.com>\r\n"
                + "Call-ID: broken\r\nCSeq: 1 " + method + "\r\n" + lines + "\r\n";
    }

    /** All that comes back until the proxy closes the connection. */
    private String answerTo(String text) throws IOException {
        var address = strowger.address("tcp");
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            socket.getOutputStream().write(text.getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    @Test
    void anOverlongMessageIsTooLarge() throws IOException {
        assertThat(answerTo(request("INVITE", "Content-Length: 5000\r\n")))
                .startsWith("SIP/2.0 513 Message Too Large\r\n")
                .contains("\r\nCall-ID: broken\r\n", "branch=z9hG4bKbroken");
    }

    @Test
    void anOverlongHeadIsTooLarge() throws IOException {
        assertThat(answerTo(request("OPTIONS", "Subject: " + "x".repeat(5_000) + "\r\nContent-Length: 0\r\n")))
                .startsWith("SIP/2.0 513 Message Head Too Large\r\n")
                .contains("\r\nCall-ID: broken\r\n", "branch=z9hG4bKbroken");
    }

    @Test
    void aHeadWithoutContentLengthIsABadRequest() throws IOException {
        assertThat(answerTo(request("OPTIONS", ""))).startsWith("SIP/2.0 400 Content-Length Missing\r\n");
    }

    @Test
    void anOverlongAckAndWhatIsNotSipGetNoAnswer() throws IOException {
        assertThat(answerTo(request("ACK", "Content-Length: 5000\r\n"))).isEmpty();
        assertThat(answerTo("GET / HTTP/1.1\r\n\r\n")).isEmpty();
    }
}
