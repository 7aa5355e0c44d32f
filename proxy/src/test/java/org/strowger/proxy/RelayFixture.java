package org.strowger.proxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
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
