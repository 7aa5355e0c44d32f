package org.strowger.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.peers.TcpServerPeer;
import org.strowger.proxy.peers.Text;
import org.strowger.proxy.peers.UdpPeer;
import org.strowger.proxy.peers.WebSocketPhone;

/** Phones whose connections end while they ring, on either event loop, and what the registrar hears of it (RFC 5626). */
@Timeout(60)
final class RingingPhoneIT {
    private static final int PHONES = 8;
    private static final String CONTACT = "<sip:alice@df7jal23ls0d.invalid;transport=ws>";

    @TempDir
    Path folder;

    private RelayFixture proxy(String backend) throws Exception {
        return new RelayFixture(folder, """
                event-loops = 2
                listeners {
                  web { transport = ws, bind = "127.0.0.1:0" }
                  desk { transport = tcp, bind = "127.0.0.1:0" }
                }
                pools { p { backends = [ "%s" ], health.probe = none, redispatch.other-after = off } }
                rules = [ { pool = p } ]
                """.formatted(backend));
    }

    private static String register(String transport, String callId) {
        return Text.request(
                "REGISTER sip:example.com",
                "Via: SIP/2.0/" + transport + " df7jal23ls0d.invalid;branch=z9hG4bK" + callId,
                "Max-Forwards: 70",
                "From: <sip:alice@example.com>;tag=a",
                "To: <sip:alice@example.com>",
                "Call-ID: " + callId,
                "CSeq: 1 REGISTER",
                "Supported: path, outbound",
                "Contact: " + CONTACT);
    }

    private static String invite(String transport, String register, String callId) {
        return Text.request(
                "INVITE sip:alice@df7jal23ls0d.invalid;transport=ws",
                Text.lines(
                        Text.routes(Text.values(register, "Path")),
                        "Via: SIP/2.0/" + transport + " 127.0.0.1:7;rport;branch=z9hG4bK" + callId,
                        "Max-Forwards: 70",
                        "From: <sip:bob@example.com>;tag=callee",
                        "To: <sip:alice@example.com>",
                        "Call-ID: " + callId,
                        "CSeq: 2 INVITE",
                        "Contact: <sip:bob@127.0.0.1:7>"));
    }

    private static String callId(String message) {
        return Text.value(message, "Call-ID");
    }

    @Test
    void theRegistrarIsToldOfEachCallThatRang() throws Exception {
        try (UdpPeer registrar = new UdpPeer();
                RelayFixture proxy = proxy("udp:127.0.0.1:" + registrar.port())) {
            List<WebSocketPhone> phones = new ArrayList<>();
            for (int i = 0; i < PHONES; i++) {
                WebSocketPhone phone = new WebSocketPhone(proxy.strowger.address("web"));
                phones.add(phone);
                phone.send(register("WS", "r" + i));
                String register = registrar.receive("REGISTER ");
                registrar.send(Text.answer(register, "200 OK"));
                phone.receive("SIP/2.0 200 ");
                registrar.send(invite("UDP", register, "c" + i));
                phone.send(Text.answer(phone.receive("INVITE "), "180 Ringing"));
                registrar.receive("SIP/2.0 180 ");
            }
            for (int i = 0; i < PHONES; i++) {
                phones.get(i).abort();
                String failed = registrar.receive("SIP/2.0 430 Flow Failed");
                assertThat(callId(failed)).isEqualTo("c" + i);
                assertThat(Text.values(failed, "Via")).hasSize(1);
                assertThat(Text.value(failed, "CSeq")).isEqualTo("2 INVITE");
            }
            assertThat(proxy.count(Counter.WAITING_INVITE_KEPT)).isEqualTo(PHONES);
            assertThat(proxy.count(Counter.WAITING_INVITE_FLOW_FAILED)).isEqualTo(PHONES);
        }
    }

    /** A desk phone over TCP, which hangs up one call, answers another one, and loses its connection while two ring. */
    @Test
    void onlyWhatStillRingsIsAnsweredForThePhone() throws Exception {
        try (TcpServerPeer registrar = new TcpServerPeer();
                RelayFixture proxy = proxy("tcp:127.0.0.1:" + registrar.port());
                Socket phone = proxy.connect("desk")) {
            phone.getOutputStream().write(register("TCP", "r").getBytes(ISO_8859_1));
            String register = registrar.receive("REGISTER ");
            List<String> statuses = List.of("486 Busy Here", "200 OK", "180 Ringing", "183 Session Progress");
            for (String status : statuses) {
                registrar.send(invite("TCP", register, "c" + status.substring(0, 3)));
                String answer = Text.answer(read(phone), status);
                phone.getOutputStream().write(answer.getBytes(ISO_8859_1));
                registrar.receive("SIP/2.0 " + status);
            }
            phone.shutdownOutput();
            assertThat(List.of(callId(registrar.receive("SIP/2.0 430 ")), callId(registrar.receive("SIP/2.0 430 "))))
                    .containsExactly("c180", "c183");
            assertThat(proxy.count(Counter.WAITING_INVITE_KEPT)).isEqualTo(4);
            assertThat(proxy.count(Counter.WAITING_INVITE_FLOW_FAILED)).isEqualTo(2);
            assertThat(registrar.hasReceived()).isFalse();
        }
    }

    /** The next message, which has no body. */
    private static String read(Socket phone) throws Exception {
        StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            text.append((char) phone.getInputStream().read());
        }
        return text.toString();
    }
}
