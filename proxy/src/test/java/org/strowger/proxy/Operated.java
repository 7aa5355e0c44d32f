package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.strowger.proxy.config.Loading;
import org.strowger.proxy.config.Machine;
import org.strowger.proxy.control.Caller;
import org.strowger.proxy.control.Command;
import org.strowger.proxy.control.ConfigChange;
import org.strowger.proxy.control.ControlEvent;
import org.strowger.proxy.control.ListenerStatus;
import org.strowger.proxy.control.Outcome;
import org.strowger.proxy.control.ReloadOutcome;
import org.strowger.proxy.control.Status;
import org.strowger.proxy.metrics.BackendCounter;
import org.strowger.proxy.metrics.Counter;

/** A running proxy with a file that it reads again, and with an operator. */
final class Operated implements AutoCloseable {
    private static final Caller OPERATOR = Caller.local("test");
    private static final Pattern KEY = Pattern.compile("Sec-WebSocket-Key: (\\S+)");
    private static final String OPENING = """
            GET /chat HTTP/1.1\r
            Host: gateway.example.com\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            \r
            """;

    final Strowger strowger;
    private final Path file;

    Operated(Path folder, String config) throws IOException {
        file = Files.writeString(folder.resolve("strowger.conf"), whole(config));
        strowger = FromFile.start(file, new Machine(Map.of("STROWGER_CLUSTER_KEY", Loading.KEY), 2, "exchange"));
    }

    private static String whole(String config) {
        return "event-loops = 2\nadmin.bind = \"127.0.0.1:0\"\n" + config;
    }

    ReloadOutcome reload(String config) throws IOException {
        Files.writeString(file, whole(config));
        return strowger.operations().reload(OPERATOR).toCompletableFuture().join();
    }

    /** The changes that a file makes, which has to be in order. */
    List<String> applied(String config) throws IOException {
        ReloadOutcome outcome = reload(config);
        assertThat(outcome).isInstanceOf(ReloadOutcome.Applied.class);
        return ((ReloadOutcome.Applied) outcome)
                .changes().stream().map(ConfigChange::toString).toList();
    }

    void perform(Command command) {
        assertThat(strowger.operations()
                        .perform(OPERATOR, command)
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Outcome.Done.class);
    }

    Status status() {
        return strowger.operations().status();
    }

    Status.BackendStatus backend(String pool, String id) {
        return status().pool(pool).orElseThrow().backend(id).orElseThrow();
    }

    /** Connections or flows of a listener, or -1 where there is no such listener. */
    int open(String listener, ListenerStatus.State state) {
        return status().listeners().stream()
                .filter(one -> one.name().equals(listener) && one.state() == state)
                .mapToInt(one -> one.open().orElse(-1))
                .sum();
    }

    List<String> events() {
        return strowger.operations().events().stream().map(ControlEvent::text).toList();
    }

    Socket connect(String listener) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(RelayFixture.PATIENCE_MILLIS);
        socket.connect(strowger.address(listener));
        return socket;
    }

    /** Opens a WebSocket through a listener to whoever accepts at {@code gateway}. Returns both ends. */
    List<Socket> tunnel(String listener, ServerSocket gateway) throws Exception {
        Socket client = connect(listener);
        client.getOutputStream().write(OPENING.getBytes(US_ASCII));
        Socket backend = RelayFixture.accepted(gateway);
        Matcher key = KEY.matcher(head(backend));
        assertThat(key.find()).isTrue();
        backend.getOutputStream()
                .write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                + "Sec-WebSocket-Accept: " + accept(key.group(1)) + "\r\n\r\n")
                        .getBytes(US_ASCII));
        assertThat(head(client)).startsWith("HTTP/1.1 101 ");
        return List.of(client, backend);
    }

    /** What comes up to an empty line. */
    static String head(Socket socket) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = socket.getInputStream().read();
            assertThat(next).as(head.toString(ISO_8859_1)).isNotNegative();
            head.write(next);
        }
        return head.toString(ISO_8859_1);
    }

    private static String accept(String key) throws GeneralSecurityException {
        byte[] text = (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(US_ASCII);
        return Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
    }

    long count(Counter counter) {
        return strowger.counters().sum(counter);
    }

    long count(String backend, BackendCounter counter) {
        return strowger.backendCounters().sum(backend, counter);
    }

    /** True when the peer has ended it, in whichever way. */
    static boolean isOver(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (java.net.SocketTimeoutException stillThere) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    /** Says a letter at one end and hears it at the other. */
    static void passes(Socket from, Socket to) throws IOException {
        from.getOutputStream().write('x');
        assertThat(to.getInputStream().read()).isEqualTo('x');
    }

    @Override
    public void close() {
        strowger.close();
    }
}
