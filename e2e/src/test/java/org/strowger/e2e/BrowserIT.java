package org.strowger.e2e;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * JsSIP and SIP.js in a real browser register over WebSocket through the proxy at a Kamailio registrar on UDP, call each
 * other and hang up from either side. A call counts only when both ends say that it was established and that it ended.
 */
class BrowserIT {
    private final Loopback net = Loopback.of(BrowserIT.class);

    @BeforeAll
    static void needsRealPeers() {
        Tool.KAMAILIO.path();
        BrowserPhones.scripts();
    }

    @Test
    void phonesInABrowserCallEachOtherAndEitherHangsUp() {
        Path directory = RunDirectory.create("browser-ws");
        try (KamailioProcess registrar = KamailioProcess.registrar(directory, net.backend(1));
                ProxyProcess proxy = ProxyProcess.start(directory, net, """
                        listeners {
                          web    { transport = ws, bind = "%1$s:8080" }
                          inside { transport = udp, bind = "%1$s:5080", side = internal }
                        }
                        pools { core { backends = ["udp:%2$s:5060"], balance = round-robin } }
                        rules = [ { pool = core } ]
                        """.formatted(net.proxy(), net.backend(1)))) {
            try {
                BrowserPhones.call(directory, "ws://" + net.proxy() + ":8080");
            } catch (AssertionError e) {
                throw new AssertionError(e.getMessage() + proxy.tail() + registrar.tail(), e);
            }
        }
    }
}
