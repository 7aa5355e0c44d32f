package org.strowger.proxy.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.strowger.discovery.Backend;
import org.strowger.discovery.Protocol;
import org.strowger.threading.RunsOn;

/** Reads {@code http}, and what pools have of HTTP. */
@RunsOn(RunsOn.Runner.CONTROL)
final class HttpReader {
    private static final String FOR_SIP = "no such key for a pool of http backends; it is for SIP";

    private final Problems problems;

    HttpReader(Problems problems) {
        this.problems = problems;
    }

    static HttpConfig http(Section section) {
        List<Cidr> trusted = new ArrayList<>();
        for (Located element : section.oneOrMore("trusted")) {
            section.parse(element, AddressSyntax.network()).ifPresent(trusted::add);
        }
        return new HttpConfig(
                section.read("forwarded", Syntax.oneOf(HttpForwarded.class)),
                trusted,
                section.read("max-target", Syntax.size("256B", "1MiB")),
                section.read("max-head", Syntax.size("1KiB", "1MiB")),
                section.read("max-fields", Syntax.integer(16, 4096)),
                section.read("max-streams", Syntax.integer(1, 10_000)),
                section.read("head-timeout", Durations.orOff("100ms", "1h")),
                section.read("keep-alive", Durations.orOff("100ms", "1d")),
                section.read("connect-timeout", Syntax.duration("10ms", "1m")),
                section.read("response-timeout", Durations.orOff("100ms", "1d")),
                section.read("idle-timeout", Durations.orOff("100ms", "1d")),
                section.read("tunnel-timeout", Durations.orOff("1s", "20d")),
                section.read("backend-connections", Syntax.integer(1, 1_000_000)),
                section.read("idle-connections", Syntax.integer(0, 100_000)),
                section.read("idle-connection-timeout", Durations.orOff("100ms", "1d")),
                section.read("retries", Syntax.integer(0, 10)));
    }

    /** True for a pool of HTTP; a mixed one is reported. */
    boolean isHttp(Section pool, List<Backend> backends) {
        long http = backends.stream()
                .filter(backend -> backend.protocol() == Protocol.HTTP)
                .count();
        if (http > 0 && http < backends.size()) {
            problems.expected(
                    pool.placeOf("backends"), http + " of " + backends.size() + " are http", "all of them, or none");
        }
        return http > 0;
    }

    /** Reports what a pool of HTTP cannot have. */
    void check(Section pool, Balance balance, RelayReader.@Nullable Use relay, SendProxyProtocol header) {
        if (relay != null) {
            problems.expected(
                    pool.placeOf("backends"),
                    "http, named by listeners." + relay.listener(),
                    "tcp: or udp: for a relay; the same servers may be in two pools");
        }
        if (header != SendProxyProtocol.OFF) {
            problems.expected(
                    pool.placeOf("send-proxy-protocol"),
                    "set for a pool of http backends",
                    "off; they learn the client's address from header fields, see http.forwarded");
        }
        boolean good = balance instanceof Balance.RoundRobin
                || balance instanceof Balance.SourceIp
                || balance instanceof Balance.Header
                || balance instanceof Balance.LeastRequests
                || balance instanceof Balance.Latency
                || balance instanceof Balance.ReportedLoad;
        if (!good) {
            Located at = pool.placeOf("balance");
            problems.expected(
                    at,
                    Problems.shown(at.value()),
                    "for http backends round-robin | source-ip | header:<Name> | least-requests | latency | reported-load");
        }
        for (String key : List.of("affinity", "path", "call-expiry", "limits", "dialogs")) {
            pool.written(key).ifPresent(at -> problems.expected(at, "set", FOR_SIP));
        }
        Section redispatch = pool.section("redispatch");
        for (String key : List.of("after", "other-after", "on")) {
            redispatch.written(key).ifPresent(at -> problems.expected(at, "set", FOR_SIP));
        }
    }

    /** Refuses probes of SIP. */
    HealthConfig health(Section health, HealthConfig read) {
        if (!(read.probe() instanceof ProbeKind.Options || read.probe().equals(ProbeKind.WebSocket.SIP))) {
            return read;
        }
        health.written("probe")
                .ifPresent(at -> problems.expected(
                        at,
                        Problems.shown(at.value()),
                        "for http backends http:<path> | websocket:<path>[ <sub-protocol>] | connect | none"));
        return new HealthConfig(
                new ProbeKind.Connect(),
                read.interval(),
                read.timeout(),
                read.fastInterval(),
                read.downInterval(),
                read.jitter(),
                read.rise(),
                read.fall(),
                new StatusCodes(new java.util.TreeSet<>()));
    }
}
