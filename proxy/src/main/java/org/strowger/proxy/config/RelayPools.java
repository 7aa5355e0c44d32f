package org.strowger.proxy.config;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.strowger.discovery.Backend;
import org.strowger.threading.RunsOn;

/** What is different for the pools of relays. */
@RunsOn(RunsOn.Runner.CONTROL)
final class RelayPools {
    private static final String SIP_POLICIES =
            "round-robin | call-id | source-ip | user | header:<Name> | least-calls | least-requests | latency | reported-load";

    private RelayPools() {}

    /** What {@code probe = auto} stands for in a pool that {@code relay} names, if one does. */
    static ProbeKind probe(RelayReader.@Nullable Use relay) {
        if (relay == null) {
            return new ProbeKind.Options();
        }
        return relay.transport() == RelayTransport.TCP_RELAY ? new ProbeKind.Connect() : new ProbeKind.None();
    }

    /** Reports what such a pool cannot have. */
    static void check(
            Section section,
            RelayReader.@Nullable Use relay,
            List<Backend> backends,
            Balance balance,
            SendProxyProtocol header) {
        Problems problems = section.problems();
        if (relay == null) {
            if (balance instanceof Balance.LeastConnections) {
                problems.expected(
                        section.placeOf("balance"),
                        "least-connections without a relay that names this pool",
                        SIP_POLICIES);
            }
            if (header != SendProxyProtocol.OFF) {
                problems.expected(
                        section.placeOf("send-proxy-protocol"),
                        "set for a pool that no tcp-relay or udp-relay names",
                        "off; a SIP server learns the client's address from Via");
            }
            return;
        }
        String word = relay.transport().word();
        for (Backend backend : backends) {
            if (backend.transport() != relay.transport().carried()) {
                String transport = relay.transport() == RelayTransport.TCP_RELAY ? "tcp:" : "udp:";
                problems.expected(
                        section.placeOf("backends"),
                        backend.id(),
                        transport + "..., since listeners." + relay.listener() + " is a " + word);
            }
        }
        if (!(balance instanceof Balance.RoundRobin
                || balance instanceof Balance.SourceIp
                || balance instanceof Balance.LeastConnections)) {
            Located at = section.placeOf("balance");
            problems.expected(
                    at,
                    Problems.shown(at.value()),
                    "round-robin | source-ip | least-connections, since a " + word + " reads nothing else");
        }
        if (header == SendProxyProtocol.V1 && relay.transport() == RelayTransport.UDP_RELAY) {
            problems.expected(section.placeOf("send-proxy-protocol"), "v1", "off | v2; version 1 has no words for UDP");
        }
    }
}
