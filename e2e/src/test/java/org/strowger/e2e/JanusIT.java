package org.strowger.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * janus.js in a real browser, through the proxy, at two real Janus gateways: by WebSocket and by long polls. The configuration is
 * conf/examples/janus.conf with other addresses.
 */
class JanusIT {
    private static final int MOST_USERS = 12;

    private final Loopback net = Loopback.of(JanusIT.class);

    @BeforeAll
    static void needsRealPeers() {
        Tool.JANUS.path();
        Browser.scripts();
    }

    private ProxyProcess proxy(Path directory, Browser browser, JanusProcess one, JanusProcess two) {
        return ProxyProcess.start(directory, net, """
                include required("%1$s/conf/examples/janus.conf")
                listeners.web.bind = "%2$s:8443"
                tls.web { certificate = web.pem, key = web.key }
                pools {
                  janus-ws.backends   = ["%3$s", "%4$s"]
                  janus-rest.backends = ["%5$s", "%6$s"]
                  pages.backends      = ["http:%7$s"]
                }
                """.formatted(
                        RunDirectory.project(),
                        net.proxy(),
                        one.webSocket(),
                        two.webSocket(),
                        one.rest(),
                        two.rest(),
                        browser.address()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"wss", "https"})
    void usersStayAtTheirGatewayAndLeaveADeadOne(String scheme) {
        Path directory = RunDirectory.create("janus-" + scheme);
        Certificates certificates = Certificates.in(directory).issue("web", "IP:" + net.proxy());
        try (JanusProcess one = JanusProcess.start(directory, "one");
                JanusProcess two = JanusProcess.start(directory, "two");
                Browser browser = Browser.start(directory, net.client(1), certificates.file("web.pem"));
                ProxyProcess proxy = proxy(directory, browser, one, two)) {
            try {
                one.awaitReady();
                two.awaitReady();
                new Scene(browser, net.proxy() + ":8443", scheme).play(one, two);
                Metrics metrics = Metrics.of(proxy);
                assertThat(metrics.sum("strowger_http_requests_total", "2")).isPositive();
                assertThat(metrics.sum("strowger_http_sticky_total", "kept")).isPositive();
            } catch (AssertionError e) {
                throw new AssertionError(e.getMessage() + proxy.tail() + one.tail() + two.tail(), e);
            }
        }
    }

    /** What happens, with users in profiles of their own, hence with cookies of their own. */
    private record Scene(Browser browser, String server, String scheme, List<GatewayUser> users) {

        Scene(Browser browser, String server, String scheme) {
            this(browser, server, scheme, new ArrayList<>());
        }

        private GatewayUser newUser() {
            GatewayUser user = GatewayUser.open(browser, "user-" + users.size(), server, scheme);
            users.add(user);
            user.begin();
            return user;
        }

        void play(JanusProcess one, JanusProcess two) {
            while (users.size() < 2 || homes().size() < 2) {
                assertThat(users).as("users, all at one gateway").hasSizeLessThan(MOST_USERS);
                newUser().echo();
            }
            assertThat(homes()).containsExactlyInAnyOrder(one.name(), two.name());
            users.forEach(GatewayUser::comesBackToTheSame);
            users.forEach(GatewayUser::echo);

            one.killHard();
            List<GatewayUser> lost = users.stream()
                    .filter(user -> user.home().equals(one.name()))
                    .toList();
            List<GatewayUser> kept =
                    users.stream().filter(user -> !lost.contains(user)).toList();
            assertThat(newUser().home()).isEqualTo(two.name());
            lost.forEach(GatewayUser::losesItsSession);
            lost.forEach(user -> {
                user.begin();
                assertThat(user.home()).isEqualTo(two.name());
                user.echo();
            });
            kept.forEach(GatewayUser::isStillThere);
        }

        private Set<String> homes() {
            return users.stream().map(GatewayUser::home).collect(Collectors.toSet());
        }
    }
}
