package org.strowger.e2e;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strowger.sip.Transport;

/**
 * Two baresip phones register through the proxy at a Kamailio registrar (Path), call each other, talk, and hang up from
 * either side. A call counts only when both ends say that it was established and that it ended.
 */
class RegistrarIT {
    private final Loopback net = Loopback.of(RegistrarIT.class);

    @BeforeAll
    static void needsRealPeers() {
        Tool.KAMAILIO.path();
        Tool.BARESIP.path();
    }

    @ParameterizedTest(name = "phones on {0}, registrar on {1}")
    @CsvSource({"UDP,UDP", "TCP,UDP", "UDP,TCP", "TCP,TCP"})
    void registeredPhonesCallEachOtherAndEitherHangsUp(Transport outside, Transport inside) {
        Path directory = RunDirectory.create("registrar-" + outside + "-" + inside);
        Endpoint front = Endpoint.of(outside, net.proxy());
        try (KamailioProcess registrar = KamailioProcess.registrar(directory, net.backend(1));
                ProxyProcess proxy = ProxyProcess.start(directory, net, """
                        listeners {
                          front-udp { transport = udp, bind = "%1$s:5060" }
                          front-tcp { transport = tcp, bind = "%1$s:5060" }
                          inside    { transport = udp, bind = "%1$s:5080", side = internal }
                        }
                        pools { core { backends = ["%2$s"], balance = round-robin } }
                        rules = [ { pool = core } ]
                        """.formatted(
                                net.proxy(), Endpoint.of(inside, net.backend(1)).backend()));
                Phone alice = Phone.start(directory, "alice", net.client(1), front);
                Phone bob = Phone.start(directory, "bob", net.client(2), front)) {
            try {
                callBothWays(alice, bob);
            } catch (AssertionError e) {
                throw new AssertionError(e.getMessage() + proxy.tail() + registrar.tail(), e);
            }
        }
    }

    private static void callBothWays(Phone alice, Phone bob) {
        alice.awaitRegistered(1);
        bob.awaitRegistered(1);
        call(alice, bob, "bob", 1);
        alice.hangUp();
        awaitEnded(alice, bob, 1);
        call(alice, bob, "bob", 2);
        bob.hangUp();
        awaitEnded(alice, bob, 2);
        call(bob, alice, "alice", 3);
        bob.hangUp();
        awaitEnded(alice, bob, 3);
    }

    private static void call(Phone caller, Phone callee, String user, int nth) {
        caller.dial(user);
        caller.awaitEstablished(nth);
        callee.awaitEstablished(nth);
    }

    private static void awaitEnded(Phone one, Phone other, int nth) {
        one.awaitClosed(nth);
        other.awaitClosed(nth);
    }
}
