package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.strowger.proxy.config.Loading;
import org.strowger.proxy.metrics.BackendCounter;
import org.strowger.proxy.metrics.Counter;
import org.strowger.sip.cookie.ClusterKey;

/** A running proxy with relays, for tests with real sockets. */
final class RelayFixture implements AutoCloseable {
    static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    static final int PATIENCE_MILLIS = 20_000;

    final Strowger strowger;

    RelayFixture(Path folder, String config) throws IOException {
        Keys keys = new Keys(ClusterKey.of(new byte[ClusterKey.LENGTH]), Optional.empty());
        strowger = Strowger.start(Loading.in(folder).loaded(config), keys, new SplittableRandom(1));
    }

    Socket connect(String listener) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(strowger.address(listener));
        return socket;
    }

    static ServerSocket server() throws IOException {
        ServerSocket server = new ServerSocket(0, 200, LOOPBACK);
        server.setSoTimeout(PATIENCE_MILLIS);
        return server;
    }

    static Socket accepted(ServerSocket server) throws IOException {
        Socket socket = server.accept();
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    /** With one relay called raw on two event loops, and one pool of these backends. */
    static RelayFixture tcp(Path folder, String listener, String pool, ServerSocket... backends) throws IOException {
        List<String> addresses = new ArrayList<>();
        for (ServerSocket backend : backends) {
            addresses.add(id(backend));
        }
        return new RelayFixture(folder, """
                event-loops = 2
                listeners { raw { transport = tcp-relay, bind = "127.0.0.1:0", pool = p, %s } }
                pools { p { backends = [ "%s" ], health.probe = none, %s } }
                """.formatted(listener, String.join("\", \"", addresses), pool));
    }

    static String id(ServerSocket backend) {
        return "tcp:127.0.0.1:" + backend.getLocalPort();
    }

    static void say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    static String hear(Socket socket, int length) throws IOException {
        return new String(socket.getInputStream().readNBytes(length), ISO_8859_1);
    }

    static boolean isReset(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() == 1_000;
        } catch (SocketException reset) {
            return true;
        }
    }

    long count(Counter counter) {
        return strowger.counters().sum(counter);
    }

    long count(String backend, BackendCounter counter) {
        return strowger.backendCounters().sum(backend, counter);
    }

    @Override
    public void close() {
        strowger.close();
    }
}
