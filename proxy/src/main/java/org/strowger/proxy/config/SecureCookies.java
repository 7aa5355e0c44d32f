package org.strowger.proxy.config;

import java.util.List;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/**
 * Warns of cookies for all pages ({@code same-site = none}) that no browser would keep. Browsers take them over TLS alone. That may
 * end in front of this program: so a listener without TLS is in order where somebody in front is known, who speaks for clients.
 */
@RunsOn(RunsOn.Runner.CONTROL)
final class SecureCookies {
    private final List<ListenerConfig> listeners;
    private final List<RuleConfig> rules;
    private final HttpConfig http;

    SecureCookies(List<ListenerConfig> listeners, List<RuleConfig> rules, HttpConfig http) {
        this.listeners = listeners;
        this.rules = rules;
        this.http = http;
    }

    void check(Section poolSection, List<PoolConfig> pools, Problems problems) {
        for (PoolConfig pool : pools) {
            boolean forAll = pool.stickyCookie()
                    .filter(cookie -> cookie.sameSite() == SameSite.NONE)
                    .isPresent();
            if (forAll && isReached(pool, false) && !isReached(pool, true)) {
                problems.warning(
                        StickyCookies.place(poolSection, pool),
                        "same-site = none",
                        "browsers keep it over TLS only, and no listener that leads here has it: make it wss, or name who ends"
                                + " TLS in front in http.trusted or in proxy-protocol.from of the listener");
            }
        }
    }

    private boolean isReached(PoolConfig pool, boolean overTls) {
        RuleConfig.Pool use = new RuleConfig.Pool(pool.name());
        return rules.stream()
                .filter(rule -> rule.action().equals(use))
                .anyMatch(rule -> listeners.stream()
                        .filter(listener -> isHttp(listener) && (!overTls || mayBeOverTls(listener)))
                        .anyMatch(listener -> isFor(rule, listener)));
    }

    private static boolean isHttp(ListenerConfig listener) {
        return listener.transport() == Transport.WS || listener.transport() == Transport.WSS;
    }

    private boolean mayBeOverTls(ListenerConfig listener) {
        return listener.transport() == Transport.WSS
                || listener.proxyProtocol().isTaken()
                || !http.trusted().isEmpty();
    }

    private static boolean isFor(RuleConfig rule, ListenerConfig listener) {
        return rule.conditions().stream()
                .filter(Condition.Listener.class::isInstance)
                .allMatch(condition -> ((Condition.Listener) condition).name().equals(listener.name()));
    }
}
