package org.strowger.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.strowger.sip.Transport;

/**
 * JsSIP and SIP.js in a real browser register over wss through the proxy at a Kamailio registrar on UDP, call each other and
 * a baresip phone, and hang up from either side. A call counts only when both ends say that it was established and that it
 * ended. The configuration is conf/examples/browser-phones.conf with other addresses.
 */
class BrowserIT {
    private final Loopback net = Loopback.of(BrowserIT.class);
    private final String page = net.client(9);

    @BeforeAll
    static void needsRealPeers() {
        Tool.KAMAILIO.path();
        Tool.BARESIP.path();
        Browser.scripts();
    }

    private ProxyProcess proxy(Path directory, String more) {
        return ProxyProcess.start(
                directory, net, """
                include required("%1$s/conf/examples/browser-phones.conf")
                listeners {
                  browsers   { bind = "%2$s:8443", advertise = "%2$s", origins = ["https://*.example.com", "http://%3$s:18080"] }
                  phones-udp { bind = "%2$s:5060" }
                  phones-tcp { bind = "%2$s:5060" }
                  inside     { bind = "%2$s:5080" }
                }
                tls.web { certificate = web.pem, key = web.key }
                pools.registrars.backends = ["udp:%4$s:5060"]
                """.formatted(RunDirectory.project(), net.proxy(), page, net.backend(1)) + more);
    }

    @Test
    void phonesInABrowserAndOnADeskCallEachOtherAndEitherHangsUp() {
        Path directory = RunDirectory.create("browser-wss");
        Certificates certificates = Certificates.in(directory).issue("web", "IP:" + net.proxy());
        try (KamailioProcess registrar = KamailioProcess.registrar(directory, net.backend(1));
                ProxyProcess proxy = proxy(directory, "");
                Browser browser = Browser.start(directory, page, certificates.file("web.pem"));
                Phone carol = Phone.start(
                        directory,
                        "carol",
                        net.client(1),
                        Endpoint.of(Transport.UDP, net.proxy()),
                        Phone.Media.OF_BROWSERS)) {
            try {
                String server = "wss://" + net.proxy() + ":8443";
                CallParty alice = BrowserPhone.open(browser, BrowserPhone.Kind.JSSIP, "alice", server);
                CallParty bob = BrowserPhone.open(browser, BrowserPhone.Kind.SIP_JS, "bob", server);
                List.of(alice, bob, carol).forEach(phone -> phone.awaitRegistered(1));
                Conversations talks = new Conversations();
                talks.bothWays(alice, bob);
                talks.bothWays(alice, carol);
                talks.bothWays(bob, carol);
            } catch (AssertionError e) {
                throw new AssertionError(e.getMessage() + proxy.tail() + registrar.tail(), e);
            }
        }
    }

    @Test
    void aBrowserThatIsGoneIsSaidToBeAtOnceAndIsReachableAgainWhenItIsBack() {
        Path directory = RunDirectory.create("browser-gone");
        Certificates certificates = Certificates.in(directory).issue("web", "IP:" + net.proxy());
        try (KamailioProcess registrar = KamailioProcess.registrar(directory, net.backend(1));
                ProxyProcess proxy = proxy(directory, "websocket { ping = 1s, pong-timeout = 1s }\n");
                Browser browser = Browser.start(directory, page, certificates.file("web.pem"))) {
            try {
                String server = net.proxy() + ":8443";
                BrowserPhone alice = BrowserPhone.open(browser, BrowserPhone.Kind.JSSIP, "alice", "wss://" + server);
                alice.awaitRegistered(1);
                Conversations talks = new Conversations();
                for (BrowserPhone.Kind kind : BrowserPhone.Kind.values()) {
                    comesAndGoes(new Scene(browser, proxy, alice, talks), kind, server);
                }
            } catch (AssertionError e) {
                throw new AssertionError(e.getMessage() + proxy.tail() + registrar.tail(), e);
            }
        }
    }

    private record Scene(Browser browser, ProxyProcess proxy, BrowserPhone alice, Conversations talks) {}

    /** The answer of 430 comes from the proxy, and long before a timer of SIP would end. */
    private void comesAndGoes(Scene scene, BrowserPhone.Kind kind, String server) {
        Browser browser = scene.browser();
        BrowserPhone alice = scene.alice();
        Conversations talks = scene.talks();
        String user = "bob-" + kind.ordinal();
        String wire = page + ":" + browser.command("wire", user, server);
        BrowserPhone bob = BrowserPhone.open(browser, kind, user, "wss://" + wire);
        bob.awaitRegistered(1);
        talks.hold(alice, bob, bob);

        browser.command("reset", user, "");
        talks.isRefused(alice, user, 430);
        browser.command("mend", user, "");
        bob.awaitRegistered(2);
        talks.hold(alice, bob, alice);

        // Nothing comes, no end either: a call is on its way already when the ping that is not answered shows it.
        long before = silences(scene.proxy());
        browser.command("hold", user, "");
        talks.isRefused(alice, user, 430);
        assertThat(silences(scene.proxy())).isGreaterThan(before);
        browser.command("mend", user, "");
        bob.awaitRegistered(3);
        talks.hold(alice, bob, bob);

        bob.close();
        talks.isRefused(alice, user, 430);
        BrowserPhone again = BrowserPhone.open(browser, kind, user, "wss://" + wire);
        again.awaitRegistered(1);
        talks.hold(alice, again, again);
    }

    private static long silences(ProxyProcess proxy) {
        return Metrics.of(proxy).sum("strowger_tcp_closed_total", "no-pong");
    }
}
