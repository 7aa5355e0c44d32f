package org.strowger.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.strowger.sip.Transport;

/** Some SIPp servers with one scenario: the backends of one pool. */
record Backends(List<Endpoint> endpoints, List<SippProcess> servers) implements AutoCloseable {
    Backends {
        endpoints = List.copyOf(endpoints);
        servers = List.copyOf(servers);
    }

    static Backends start(Path directory, String scenario, List<Endpoint> endpoints, Duration hold) {
        List<SippProcess> servers = new ArrayList<>();
        endpoints.forEach(endpoint -> servers.add(SippProcess.server(directory, scenario, endpoint, hold)));
        return new Backends(endpoints, servers);
    }

    /** Three servers on the backend addresses of a test class. */
    static Backends three(Path directory, String scenario, Loopback net, Transport transport) {
        return start(directory, scenario, three(net, transport), Duration.ZERO);
    }

    /** The addresses of three servers. */
    static List<Endpoint> three(Loopback net, Transport transport) {
        return List.of(
                Endpoint.of(transport, net.backend(1)),
                Endpoint.of(transport, net.backend(2)),
                Endpoint.of(transport, net.backend(3)));
    }

    /** The pool as a configuration has it. */
    String pool(String name, String balance) {
        String list = endpoints.stream()
                .map(endpoint -> '"' + endpoint.backend() + '"')
                .collect(Collectors.joining(", "));
        return "pools { " + name + " { backends = [" + list + "], balance = " + balance + " } }\n";
    }

    /** Ends the servers in an orderly way and checks that none saw anything unforeseen. */
    void finishCleanly() {
        servers.forEach(SippProcess::finish);
        for (SippProcess server : servers) {
            assertThat(server.failed()).as("failed calls\n%s", server.explain()).isZero();
            assertThat(server.unexpected())
                    .as("unexpected messages\n%s", server.explain())
                    .isZero();
        }
    }

    /** Calls per server. */
    List<Long> invitations() {
        return servers.stream().map(SippProcess::invitations).toList();
    }

    /** Messages of one step of the scenario per server. */
    List<Long> counts(String step) {
        return servers.stream().map(server -> server.count(step)).toList();
    }

    /** Their sum. */
    long total(String step) {
        return counts(step).stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public void close() {
        servers.forEach(SippProcess::close);
    }
}
