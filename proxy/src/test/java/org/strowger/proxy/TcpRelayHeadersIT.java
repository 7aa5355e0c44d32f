package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.strowger.proxy.RelayFixture.id;
import static org.strowger.proxy.RelayFixture.say;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.proxyprotocol.HeaderVerdict;
import org.strowger.proxy.proxyprotocol.ProxyHeader;
import org.strowger.proxy.proxyprotocol.ProxyHeaderDecoder;
import org.strowger.proxy.proxyprotocol.ProxyHeaderWriter;
import org.strowger.proxy.proxyprotocol.Tlv;
import org.strowger.sip.IpPort;

/** What a TCP relay reads and tells: headers of the PROXY protocol, and the host name of a ClientHello. */
@Timeout(180)
final class TcpRelayHeadersIT {

    @TempDir
    Path folder;

    @Test
    void aBackendIsToldWhoTheClientIsInBothVersions() throws IOException {
        for (String version : List.of("v1", "v2")) {
            try (ServerSocket server = RelayFixture.server();
                    RelayFixture relay = RelayFixture.tcp(folder, "", "send-proxy-protocol = " + version, server);
                    Socket client = relay.connect("raw");
                    Socket backend = RelayFixture.accepted(server)) {
                say(client, "payload");
                client.shutdownOutput();
                byte[] all = backend.getInputStream().readAllBytes();
                ProxyHeader header = header(all);
                assertThat(header.source().toSocketAddress()).isEqualTo(client.getLocalSocketAddress());
                assertThat(header.destination().toSocketAddress()).isEqualTo(relay.strowger.address("raw"));
                assertThat(rest(all, header)).isEqualTo("payload");
            }
        }
    }

    private static ProxyHeader header(byte[] bytes) {
        ProxyHeader header = new ProxyHeader();
        assertThat(new ProxyHeaderDecoder().decode(bytes, 0, bytes.length, header))
                .isEqualTo(HeaderVerdict.COMPLETE);
        return header;
    }

    private static String rest(byte[] bytes, ProxyHeader header) {
        return new String(bytes, header.length(), bytes.length - header.length(), ISO_8859_1);
    }

    @Test
    void whatTheProxyInFrontSaysIsPassedOn() throws IOException {
        try (ServerSocket server = RelayFixture.server();
                RelayFixture relay = RelayFixture.tcp(
                        folder, "proxy-protocol { from = \"127.0.0.0/8\" }", "send-proxy-protocol = v2", server);
                Socket client = relay.connect("raw");
                Socket backend = RelayFixture.accepted(after(client, server))) {
            client.shutdownOutput();
            byte[] all = backend.getInputStream().readAllBytes();
            ProxyHeader header = header(all);
            assertThat(header.source()).hasToString("198.51.100.7:4000");
            assertThat(header.destination()).hasToString("203.0.113.1:443");
            assertThat(rest(all, header)).isEqualTo("payload");
        }
    }

    /** Sends a header and a payload, so that there is a connection to accept. */
    private static ServerSocket after(Socket client, ServerSocket server) throws IOException {
        ProxyHeaderWriter writer = new ProxyHeaderWriter();
        int length = writer.begin(
                        ProxyHeaderWriter.Payload.STREAM,
                        IpPort.of(new InetSocketAddress("198.51.100.7", 4000)),
                        IpPort.of(new InetSocketAddress("203.0.113.1", 443)))
                .tlv(Tlv.ALPN, "h2")
                .end();
        client.getOutputStream().write(writer.bytes(), 0, length);
        client.getOutputStream().write("payload".getBytes(US_ASCII));
        return server;
    }

    @Test
    void tlsPassesThroughToThePoolOfTheHostAskedFor() throws Exception {
        try (ServerSocket a = RelayFixture.server();
                ServerSocket b = RelayFixture.server();
                RelayFixture relay = new RelayFixture(folder, """
                        listeners {
                          raw {
                            transport = tcp-relay, bind = "127.0.0.1:0"
                            sni { "a.example.com" = a, "*.b.example" = b }
                          }
                        }
                        pools {
                          a { backends = [ "%s" ], health.probe = none }
                          b { backends = [ "%s" ], health.probe = none, send-proxy-protocol = v2 }
                        }
                        """.formatted(id(a), id(b)))) {
            assertThat(helloAt(a, relay, "A.example.com")[0]).isEqualTo((byte) 22);
            byte[] atB = helloAt(b, relay, "x.y.b.example");
            ProxyHeader header = header(atB);
            assertThat(header.tlv(Tlv.AUTHORITY).orElseThrow()).isEqualTo("x.y.b.example".getBytes(US_ASCII));
            assertThat(rest(atB, header).charAt(0)).isEqualTo((char) 22);
            try (Socket plain = relay.connect("raw")) {
                say(plain, "GET / HTTP/1.1\r\nHost: a.example.com\r\n\r\n");
                assertThat(isClosed(plain)).isTrue();
            }
            try (SSLSocket other = hello(relay, "c.example.com")) {
                assertThat(isClosed(other)).isTrue();
            }
            await().untilAsserted(() ->
                    assertThat(relay.count(Counter.RELAY_REFUSED_NO_ROUTE)).isEqualTo(2));
        }
    }

    private static boolean isClosed(Socket socket) {
        try {
            if (socket instanceof SSLSocket tls) {
                tls.startHandshake();
            }
            while (socket.getInputStream().read() >= 0) {
                // An alert may come first.
            }
            return true;
        } catch (IOException closed) {
            return true;
        }
    }

    private static SSLSocket hello(RelayFixture relay, String host) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, null, null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket();
        socket.connect(relay.strowger.address("raw"));
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(host)));
        socket.setSSLParameters(parameters);
        return socket;
    }

    /** What a backend sees of a client that begins TLS with that name. */
    private static byte[] helloAt(ServerSocket server, RelayFixture relay, String host) throws Exception {
        SSLSocket client = hello(relay, host);
        Thread shaking = new Thread(() -> {
            try (client) {
                client.startHandshake();
            } catch (IOException expected) {
                // The backend speaks no TLS.
            }
        });
        shaking.start();
        try (Socket backend = RelayFixture.accepted(server)) {
            ByteBuffer seen = ByteBuffer.allocate(16_384);
            InputStream in = backend.getInputStream();
            byte[] block = new byte[4096];
            while (seen.position() < 250) {
                int read = in.read(block);
                assertThat(read).isPositive();
                seen.put(block, 0, read);
            }
            return Arrays.copyOf(seen.array(), seen.position());
        } finally {
            shaking.join();
        }
    }
}
