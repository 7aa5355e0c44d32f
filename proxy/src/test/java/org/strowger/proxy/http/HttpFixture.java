package org.strowger.proxy.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** Clients and backends on both ends of the HTTP side; all is closed after each test, the last one first. */
abstract class HttpFixture {
    private final List<AutoCloseable> closing = new ArrayList<>();

    <T extends AutoCloseable> T open(T one) {
        closing.add(0, one);
        return one;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : closing) {
            one.close();
        }
    }

    PlainBackend backend(PlainBackend.Speaker speaker) throws IOException {
        return open(new PlainBackend(speaker));
    }

    HttpSetup proxy(PlainBackend... backends) {
        return open(
                new HttpSetup(Arrays.stream(backends).map(PlainBackend::address).toArray(InetSocketAddress[]::new)));
    }

    Talk talk(HttpSetup setup) throws IOException {
        return open(new Talk(setup.address()));
    }

    static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
