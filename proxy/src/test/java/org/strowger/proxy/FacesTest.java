package org.strowger.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strowger.sip.Transport;

/** By which address a backend is told to reach us for a client's dialog. */
class FacesTest {
    private static final InetSocketAddress BACKEND = at(5090);

    private static InetSocketAddress at(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static Faces.OpenListener open(int number, Transport transport, boolean internal) {
        InetSocketAddress bound = at(5060 + number);
        return new Faces.OpenListener("l" + number, number, transport, bound, Optional.empty(), internal, false);
    }

    @ParameterizedTest
    @CsvSource({
        // the client's listener, the backend, what we are called there
        "UDP, UDP, @127.0.0.1:5060;lr>",
        "TCP, UDP, @127.0.0.1:5060;transport=tcp;lr>",
        "TLS, UDP, @127.0.0.1:7001;lr>",
        "WS, UDP, @127.0.0.1:7001;lr>",
        "WSS, UDP, @127.0.0.1:7001;lr>",
        "UDP, TCP, @127.0.0.1:5060;lr>",
        "TLS, TLS, @127.0.0.1:5060;transport=tls;lr>",
        "WSS, WSS, @127.0.0.1:5060;transport=ws;lr>"
    })
    void aBackendIsToldWhatItCanSendTo(Transport client, Transport backend, String told) {
        Faces.OpenListener only = open(0, client, false);
        Faces faces = new Faces(List.of(only), List.of(List.of(at(7001))));
        assertThat(faces.recordRoute(only, backend, BACKEND, 0).inner())
                .asString(StandardCharsets.US_ASCII)
                .isEqualTo(told);
    }

    @ParameterizedTest
    @CsvSource({"false, @127.0.0.1:5061;lr>", "true, @127.0.0.1:7001;lr>"})
    void aListenerOfTheBackendsTransportGoesFirst(boolean internal, String told) {
        Faces.OpenListener web = open(0, Transport.WSS, false);
        Faces faces = new Faces(List.of(web, open(1, Transport.UDP, internal)), List.of(List.of(at(7001))));
        assertThat(faces.recordRoute(web, Transport.UDP, BACKEND, 0).inner())
                .asString(StandardCharsets.US_ASCII)
                .isEqualTo(told);
    }
}
