package org.strowger.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.strowger.sip.Transport;

/**
 * The connection of a registered browser dies in each way in which connections die: who calls it, or hears it ring, is told so by
 * 430 at once, and reaches it again when it has registered again.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeadBrowserIT {
    /** Each on a connection of its own, so that both event loops have some, and a request often meets the other one. */
    private static final int BROWSERS = 6;

    private final Loopback net = Loopback.of(DeadBrowserIT.class);
    private final Tally tally = new Tally();
    private final Mailbox registrar = new Mailbox();
    private final List<AutoCloseable> open = new ArrayList<>();
    private int number;

    @SuppressWarnings("NullAway.Init") // before everything else
    private ProxyProcess proxy;

    @SuppressWarnings("NullAway.Init") // before everything else
    private Wires wires;

    /** How a connection dies. */
    enum Death {
        /** By a close frame, as when the page is left. */
        GOODBYE,
        /** By a FIN, as when the browser is killed. */
        FIN,
        /** By a RST. */
        RST,
        /** Without a sign, as when a phone leaves its network. */
        SILENCE
    }

    /** A browser that is registered, and how the registrar is to reach it. */
    private record Browser(Wire wire, Mailbox mail, List<String> path, Wire registrarsWay, String contact) {}

    static Stream<Arguments> deaths() {
        return Stream.of(Transport.WS, Transport.WSS)
                .flatMap(transport -> Stream.of(Death.values()).map(death -> Arguments.of(transport, death)));
    }

    @BeforeAll
    void start() {
        Tool.OPENSSL.path();
        Path directory = RunDirectory.create("dead-browser");
        Certificates files = Certificates.in(directory).issue("front", "DNS:sip.example.com");
        wires = new Wires(Optional.of(WireTls.of(files, "front", "sip.example.com")));
        open.add(wires);
        Endpoint backend = Endpoint.of(Transport.UDP, net.backend(1));
        var unused = wires.listen(backend, registrar);
        proxy = ProxyProcess.start(directory, net, """
                event-loops = 2
                websocket { ping = 1s, pong-timeout = 2s }
                %s
                pools.core { backends = ["%s"], health.probe = none, redispatch.other-after = off }
                rules = [ { pool = core } ]
                """.formatted(Sides.listeners(net), backend.backend()));
        open.add(0, proxy);
    }

    @AfterAll
    void stop() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    private Browser register(Transport transport) {
        Mailbox mail = new Mailbox();
        Wire wire = wires.connect(net.client(1), Sides.at(transport, net.proxy()), mail)
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
        AgentCall call = call(CallKind.REGISTERED, wire, "sip:example.com");
        run(() -> call.ask("REGISTER"));
        Mailbox.Letter register = registrar.receive("REGISTER ");
        WireMessage message = register.message();
        register.wire()
                .send(AgentCall.from(message, CallKind.REGISTERED, tally, register.wire())
                        .response(message, "200 OK"));
        mail.receive("SIP/2.0 200 ");
        List<String> path = Fields.values(message, "path");
        assertThat(path).isNotEmpty().allMatch(one -> one.contains(";ob"));
        return new Browser(wire, mail, path, register.wire(), Fields.uri(Fields.value(message, "contact")));
    }

    private AgentCall call(CallKind kind, Wire wire, String target) {
        String[] parties = {"sip:one@example.com", "sip:other@example.com", target};
        return AgentCall.to("call" + number++ + "@" + net.network(), kind, tally, wire, parties);
    }

    private void run(Runnable task) {
        wires.loop().submit(task).syncUninterruptibly();
    }

    /** The registrar calls. */
    private AgentCall invite(Browser browser) {
        AgentCall call = call(CallKind.TALK, browser.registrarsWay(), browser.contact());
        call.routes = browser.path();
        run(() -> call.ask("INVITE"));
        return call;
    }

    /** The registrar calls, once and for all, and hears what the browser says. */
    private AgentCall invite(Browser browser, String status) {
        AgentCall call = invite(browser);
        WireMessage invite = browser.mail().receive("INVITE ").message();
        assertThat(invite.callId()).isEqualTo(call.id);
        browser.wire()
                .send(AgentCall.from(invite, CallKind.TALK, tally, browser.wire())
                        .response(invite, status));
        assertThat(registrar.receive("SIP/2.0 " + status).message().callId()).isEqualTo(call.id);
        return call;
    }

    @ParameterizedTest
    @MethodSource("deaths")
    void whoCallsIsToldAtOnceAndGetsThroughAfterTheNextRegistration(Transport transport, Death death) {
        Browser neighbour = register(transport);
        List<Browser> browsers =
                Stream.generate(() -> register(transport)).limit(BROWSERS).toList();
        long before = ended();
        browsers.forEach(browser -> die(browser.wire(), death));
        await().atMost(Duration.ofSeconds(30)).until(() -> ended() >= before + BROWSERS);
        for (Browser browser : browsers) {
            long asked = System.nanoTime();
            invite(browser);
            assertThat(registrar.receive("SIP/2.0 ").message().startLine())
                    .as("%s", proxy.tail())
                    .startsWith("SIP/2.0 430 Flow Failed");
            System.out.printf("%s, %s: 430 after %d us%n", transport, death, micros(asked));
            Browser again = register(transport);
            AgentCall call = invite(again);
            assertThat(again.mail().receive("INVITE ").message().callId()).isEqualTo(call.id);
        }
        assertThat(neighbour.wire().channel().isActive()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("deaths")
    void whoHearsRingingIsToldAtOnce(Transport transport, Death death) {
        Browser neighbour = register(transport);
        AgentCall elsewhere = invite(neighbour, "180 Ringing");
        List<Browser> browsers =
                Stream.generate(() -> register(transport)).limit(BROWSERS).toList();
        // One answers; another one has rejected a call before.
        invite(browsers.get(0), "200 OK");
        invite(browsers.get(1), "486 Busy Here");
        List<String> ringing = new ArrayList<>();
        browsers.stream().skip(1).forEach(browser -> ringing.add(invite(browser, "180 Ringing").id));
        long before = answered();
        long began = System.nanoTime();
        browsers.forEach(browser -> die(browser.wire(), death));
        List<String> told = new ArrayList<>();
        while (told.size() < ringing.size()) {
            WireMessage failed = registrar.receive("SIP/2.0 ").message();
            assertThat(failed.startLine()).as("%s", proxy.tail()).startsWith("SIP/2.0 430 Flow Failed");
            assertThat(Fields.value(failed, "cseq")).isEqualTo("1 INVITE");
            assertThat(Fields.values(failed, "via")).hasSize(1);
            told.add(failed.callId());
        }
        System.out.printf("%s, %s: %d told after %d us%n", transport, death, told.size(), micros(began));
        assertThat(told).containsExactlyInAnyOrderElementsOf(ringing);
        assertThat(answered()).isEqualTo(before + ringing.size());
        run(() -> elsewhere.follow("CANCEL"));
        assertThat(neighbour.mail().receive("CANCEL ").message().callId()).isEqualTo(elsewhere.id);
    }

    private static long micros(long sinceNanos) {
        return (System.nanoTime() - sinceNanos) / 1000;
    }

    /** INVITEs that were answered because the connection ended. */
    private long answered() {
        return Metrics.of(proxy).sum("strowger_waiting_invites_total", "flow-failed");
    }

    private static void die(Wire wire, Death death) {
        switch (death) {
            case GOODBYE -> wire.close();
            case FIN -> wire.drop();
            case RST -> wire.reset();
            case SILENCE -> wire.fallSilent();
        }
    }

    /** Connections that the program knows to be over. */
    private long ended() {
        return Metrics.of(proxy).one("strowger_websocket_closed_total");
    }
}
