package org.strowger.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The namespace that torture messages are replayed in must not reach any real network: they name some. */
class NetworkNamespaceIT {
    @Test
    void onlyLoopbackIsUpInside() {
        Path directory = RunDirectory.create("namespace");
        try (NetworkNamespace namespace = NetworkNamespace.create(directory)) {
            String addresses = namespace.run(directory, "addresses", List.of("ip", "-brief", "address", "show", "up"));
            assertThat(addresses.lines()).hasSize(1).allMatch(line -> line.startsWith("lo "));
            assertThat(namespace.run(directory, "routes", List.of("ip", "route", "show")))
                    .isBlank();
        }
    }
}
