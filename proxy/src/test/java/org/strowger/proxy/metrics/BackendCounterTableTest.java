package org.strowger.proxy.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class BackendCounterTableTest {
    private final BackendCounterTable table = new BackendCounterTable(2);

    @Test
    void countersOutliveASnapshot() {
        table.countersOf("udp:10.0.0.1:5060").get(0).increment(BackendCounter.CALLS);
        table.countersOf("udp:10.0.0.1:5060").get(1).increment(BackendCounter.CALLS);
        assertThat(table.sum("udp:10.0.0.1:5060", BackendCounter.CALLS)).isEqualTo(2);
    }

    @Test
    void onlyBackendsThatAreGoneForGoodAreForgotten() {
        table.countersOf("udp:10.0.0.1:5060").get(0).increment(BackendCounter.REQUESTS);
        table.countersOf("udp:10.0.0.2:5060").get(0).increment(BackendCounter.REQUESTS);
        table.retain(List.of("udp:10.0.0.2:5060", "udp:10.0.0.3:5060"));
        assertThat(table.backendIds()).containsExactly("udp:10.0.0.2:5060");
        assertThat(table.sum("udp:10.0.0.1:5060", BackendCounter.REQUESTS)).isZero();
        assertThat(table.sum("udp:10.0.0.2:5060", BackendCounter.REQUESTS)).isEqualTo(1);
    }

    @Test
    void aBackendThatReturnsStartsAtZero() {
        table.countersOf("tcp:10.0.0.1:5060").get(0).increment(BackendCounter.ICMP_ERRORS);
        table.retain(List.of());
        table.countersOf("tcp:10.0.0.1:5060");
        assertThat(table.sum("tcp:10.0.0.1:5060", BackendCounter.ICMP_ERRORS)).isZero();
    }

    @Test
    void responsesAreCountedByClass() {
        assertThat(BackendCounter.response(100)).isEqualTo(BackendCounter.RESPONSES_1XX);
        assertThat(BackendCounter.response(503)).isEqualTo(BackendCounter.RESPONSES_5XX);
    }
}
