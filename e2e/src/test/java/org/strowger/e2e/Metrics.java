package org.strowger.e2e;

import java.util.List;
import org.strowger.sip.Transport;

/** One page of a proxy's metrics, in the Prometheus text format. */
record Metrics(List<String> lines) {
    Metrics {
        lines = List.copyOf(lines);
    }

    static Metrics of(ProxyProcess proxy) {
        return new Metrics(proxy.get("/metrics").lines().toList());
    }

    /** The sum of the series of a name, of which a label has the value {@code label}. */
    long sum(String name, String label) {
        return lines.stream()
                .filter(line -> line.startsWith(name + "{") && line.contains("\"" + label + '"'))
                .mapToLong(Metrics::value)
                .sum();
    }

    /** SIP messages that came over a transport from clients or backends. */
    long received(Transport transport, String side) {
        String name = transport.name().toLowerCase(java.util.Locale.ROOT);
        return lines.stream()
                .filter(line -> line.startsWith("strowger_messages_received_total{")
                        && line.contains("transport=\"" + name + '"')
                        && line.contains("side=\"" + side + '"'))
                .mapToLong(Metrics::value)
                .sum();
    }

    long of(String name, Endpoint backend) {
        return sum(name, backend.backend());
    }

    List<Long> of(String name, List<Endpoint> backends) {
        return backends.stream().map(backend -> of(name, backend)).toList();
    }

    /** The value of the one series of a name without labels. */
    long one(String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(Metrics::value)
                .sum();
    }

    private static long value(String line) {
        return (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
    }
}
