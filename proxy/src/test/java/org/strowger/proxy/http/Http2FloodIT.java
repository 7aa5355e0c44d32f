package org.strowger.proxy.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.strowger.proxy.metrics.Counter;

/** Clients of HTTP/2 that keep a proxy busy, by frames written byte for byte. */
@Timeout(60)
class Http2FloodIT {
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int CONTINUATION = 9;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int PROTOCOL_ERROR = 1;
    private static final int ENHANCE_YOUR_CALM = 11;
    /** GET http://a/ in HPACK's static table and one literal. */
    private static final byte[] GET = {(byte) 0x82, (byte) 0x84, (byte) 0x86, 0x41, 1, 'a'};
    /** More than anybody's bound, less than what a proxy without one would choke on within the test. */
    private static final int MANY = 20_000;

    private static byte[] frame(int type, int flags, int stream, byte... payload) {
        ByteBuf frame = Unpooled.buffer(9 + payload.length);
        frame.writeMedium(payload.length)
                .writeByte(type)
                .writeByte(flags)
                .writeInt(stream)
                .writeBytes(payload);
        return ByteBufUtil.getBytes(frame);
    }

    private static byte[] both(byte[] first, byte[] second) {
        return ByteBufUtil.getBytes(Unpooled.wrappedBuffer(first, second));
    }

    static Stream<Arguments> floods() {
        return Stream.of(
                flood("requests taken back at once", Counter.HTTP2_REFUSED_FLOOD, ENHANCE_YOUR_CALM, i -> {
                    byte[] request = frame(HEADERS, END_HEADERS | END_STREAM, 2 * i + 1, GET);
                    return both(request, frame(RST_STREAM, 0, 2 * i + 1, new byte[] {0, 0, 0, 8}));
                }),
                // Bad requests, each of which we reset: CVE-2025-8671.
                flood("requests that have to be reset", Counter.HTTP2_REFUSED_FLOOD, ENHANCE_YOUR_CALM, i -> {
                    byte[] request = frame(HEADERS, END_HEADERS, 2 * i + 1, GET);
                    return both(request, frame(8, 0, 2 * i + 1, new byte[] {0, 0, 0, 0}));
                }),
                flood(
                        "a head without end in empty pieces",
                        Counter.HTTP2_REFUSED_FLOOD,
                        ENHANCE_YOUR_CALM,
                        i -> i == 0 ? frame(HEADERS, END_STREAM, 1, GET) : frame(CONTINUATION, 0, 1)),
                flood(
                        "a head without end",
                        Counter.HTTP2_REFUSED_MALFORMED,
                        PROTOCOL_ERROR,
                        i -> i == 0 ? frame(HEADERS, END_STREAM, 1, GET) : frame(CONTINUATION, 0, 1, fields(100))),
                flood("pings", Counter.HTTP2_REFUSED_FLOOD, ENHANCE_YOUR_CALM, i -> frame(PING, 0, 0, new byte[8])),
                flood("settings", Counter.HTTP2_REFUSED_FLOOD, ENHANCE_YOUR_CALM, i -> frame(SETTINGS, 0, 0)),
                flood(
                        "a body of nothing",
                        Counter.HTTP2_REFUSED_FLOOD,
                        ENHANCE_YOUR_CALM,
                        i -> i == 0 ? frame(HEADERS, END_HEADERS, 1, GET) : frame(DATA, 0, 1)));
    }

    private static Arguments flood(String name, Counter counter, int error, IntFunction<byte[]> frames) {
        return Arguments.of(name, counter, error, frames);
    }

    /** So many fields of some 120 bytes each. */
    private static byte[] fields(int count) {
        ByteBuf fields = Unpooled.buffer();
        for (int i = 0; i < count; i++) {
            fields.writeByte(0)
                    .writeByte(4)
                    .writeBytes(("x-" + (10 + i % 90)).getBytes(ISO_8859_1))
                    .writeByte(110)
                    .writeBytes("y".repeat(110).getBytes(ISO_8859_1));
        }
        return ByteBufUtil.getBytes(fields);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("floods")
    void aFloodEndsItsConnectionAndIsCounted(String name, Counter counter, int error, IntFunction<byte[]> frames)
            throws IOException {
        try (PlainBackend backend = PlainBackend.named("a");
                HttpSetup setup = new HttpSetup(backend.address())) {
            assertThat(goAway(setup, frames)).isEqualTo(error);
            assertThat(setup.count(counter)).isEqualTo(1);
            assertThat(setup.count(Counter.HTTP2_REFUSED_FLOOD) + setup.count(Counter.HTTP2_REFUSED_MALFORMED))
                    .isEqualTo(1);
            assertThat(backend.heads).hasSizeLessThan(300);
            assertServed(setup);
        }
    }

    /** Writes until the proxy no longer listens, and returns the code of its GOAWAY. */
    private static int goAway(HttpSetup setup, IntFunction<byte[]> frames) throws IOException {
        try (Socket socket = connect(setup)) {
            Thread writer = new Thread(() -> write(socket, frames));
            writer.setDaemon(true);
            writer.start();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            int code = -1;
            while (code < 0) {
                int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
                int type = in.readUnsignedByte();
                in.skipNBytes(5);
                byte[] payload = in.readNBytes(length);
                if (type == GOAWAY) {
                    code = Unpooled.wrappedBuffer(payload).getInt(4);
                }
            }
            return code;
        }
    }

    private static void write(Socket socket, IntFunction<byte[]> frames) {
        try {
            OutputStream out = socket.getOutputStream();
            for (int i = 0; i < MANY; i++) {
                out.write(frames.apply(i));
            }
        } catch (SocketException closed) {
            // That is what it is for.
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Socket connect(HttpSetup setup) throws IOException {
        Socket socket = new Socket(setup.address().getAddress(), setup.address().getPort());
        socket.getOutputStream().write(both(PREFACE.getBytes(ISO_8859_1), frame(SETTINGS, 0, 0)));
        return socket;
    }

    /** Somebody else gets an answer. */
    private static void assertServed(HttpSetup setup) throws IOException {
        try (Socket socket = connect(setup)) {
            socket.getOutputStream().write(frame(HEADERS, END_HEADERS | END_STREAM, 1, GET));
            DataInputStream in = new DataInputStream(socket.getInputStream());
            int type;
            do {
                int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
                type = in.readUnsignedByte();
                in.skipNBytes(5 + length);
            } while (type != HEADERS);
        }
    }

    @Test
    void aWindowThatIsOverIsForgotten() {
        long[] now = {0};
        FrameRate rate = new FrameRate(3, 10, () -> now[0]);
        for (int i = 0; i < 3; i++) {
            assertThat(rate.admits()).isTrue();
        }
        assertThat(rate.admits()).isFalse();
        now[0] = 10;
        assertThat(rate.admits()).isTrue();
    }
}
