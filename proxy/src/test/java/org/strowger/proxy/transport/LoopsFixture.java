package org.strowger.proxy.transport;

import static org.awaitility.Awaitility.await;

import io.netty.util.NetUtil;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.assertj.core.api.Assertions;
import org.strowger.threading.RunsOn;

/** Running event loops with their flows, one recorder for all, and a clock that the test moves. */
@RunsOn(RunsOn.Runner.ANY)
final class LoopsFixture implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(20);

    final EventLoops loops;
    final MockTicker ticker = Ticker.newMockTicker();
    final Recorder recorder = new Recorder();
    final List<Flows> flows = new ArrayList<>();
    private final List<Closeable> open = new ArrayList<>();

    LoopsFixture(IoMode mode, int count) {
        loops = EventLoops.start(count, mode);
        for (int i = 0; i < count; i++) {
            flows.add(new Flows(
                    loops.loop(i), new FlowIds(FlowEra.at(1_800_000_000_000L, 1), i), recorder, recorder, ticker));
        }
    }

    static InetAddress address(String literal) {
        return NetUtil.createInetAddressFromIpAddressString(literal);
    }

    static StreamOptions options() {
        return new StreamOptions(
                128, 100, 256 * 1024, Duration.ofSeconds(60), Duration.ofSeconds(5), Duration.ofSeconds(1));
    }

    StreamListener listen(StreamOptions options) throws IOException {
        return listen(options, address("127.0.0.1"));
    }

    StreamListener listen(StreamOptions options, InetAddress address) throws IOException {
        StreamListener listener = StreamListener.open(
                loops,
                flows,
                7,
                new InetSocketAddress(address, 0),
                options,
                ConnectionFront.plain(ContentLengthFraming::new));
        open.add(listener::close);
        return listener;
    }

    Socket connect(StreamListener listener) throws IOException {
        return connect(listener.localAddress());
    }

    Socket connect(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        open.add(socket);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.connect(address);
        return socket;
    }

    /** Runs on a loop and waits for the result. */
    <T> T on(int loop, Callable<T> task) {
        return loops.loop(loop).submit(task).syncUninterruptibly().getNow();
    }

    void run(int loop, Runnable task) {
        loops.loop(loop).submit(task).syncUninterruptibly();
    }

    void awaitEvent(String event) {
        await("event " + event)
                .atMost(PATIENCE)
                .untilAsserted(() -> Assertions.assertThat(recorder.events).contains(event));
    }

    void awaitCount(String name, int count) {
        await("count " + name)
                .atMost(PATIENCE)
                .untilAsserted(() -> Assertions.assertThat(recorder.count(name)).isEqualTo(count));
    }

    static String message(String name, int bodyLength) {
        return "MESSAGE sip:" + name + " SIP/2.0\r\nContent-Length: " + bodyLength + "\r\n\r\n"
                + "x".repeat(bodyLength);
    }

    static String read(Socket socket, int length) throws IOException {
        return new String(socket.getInputStream().readNBytes(length), StandardCharsets.ISO_8859_1);
    }

    static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(Recorder.bytes(text));
    }

    /** Closes everything; whether all buffers were released, {@link BufferLeaks} finds out. */
    @Override
    public void close() throws IOException {
        for (Closeable closeable : open) {
            closeable.close();
        }
        for (int i = 0; i < loops.size(); i++) {
            int loop = i;
            run(loop, () -> flows.get(loop).closeAll(CloseReason.SHUTDOWN));
        }
        loops.close();
    }
}
