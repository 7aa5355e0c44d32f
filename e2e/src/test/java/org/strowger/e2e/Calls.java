package org.strowger.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

/** How many calls the tests make, and what every client's figures must say afterwards. */
final class Calls {
    private Calls() {}

    /** {@code -Dcalls=10000 -Drate=300} is the full measure; the defaults keep a build short. */
    static SippProcess.Load load() {
        return SippProcess.Load.of(Integer.getInteger("calls", 500), Integer.getInteger("rate", 100));
    }

    /** Long enough for a load, for one lost message, and for a slow machine. */
    static Duration limit(SippProcess.Load load) {
        return load.hold().plusSeconds(60 + 2L * load.calls() / load.callsPerSecond());
    }

    /** Waits for a client and checks that every call went through without a surprise. */
    static void assertAllWentThrough(SippProcess client, SippProcess.Load load) {
        client.join(limit(load));
        assertThat(client.failed()).as("failed calls\n%s", client.explain()).isZero();
        assertThat(client.successful()).as("calls\n%s", client.explain()).isEqualTo(load.calls());
        assertThat(client.unexpected())
                .as("unexpected messages\n%s", client.explain())
                .isZero();
    }
}
