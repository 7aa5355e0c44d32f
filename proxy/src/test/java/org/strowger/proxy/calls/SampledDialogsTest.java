package org.strowger.proxy.calls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.strowger.proxy.balancing.BackendLoad;
import org.strowger.proxy.routing.StableHash;

/** The dialogs of a backend whose calls have no leases, read off its messages. */
class SampledDialogsTest {
    private final MockTicker ticker = Ticker.newMockTicker();
    private final CallLeases leases = new CallLeases(100, Duration.ofHours(2), ticker);
    private final LoopLoad loop = new LoopLoad(leases, new RequestMeter(ticker), StableHash.STANDARD::hash);
    private final LoopLoad otherLoop = new LoopLoad(leases, new RequestMeter(ticker), StableHash.STANDARD::hash);
    private final BackendLoad backend = new BackendLoad(1);
    private final Messages messages = new Messages();

    private long dialogs() {
        return backend.dialogs().count(leases.nowSeconds());
    }

    private void pass(Duration time) {
        ticker.advance(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void answered(int call, String... lines) {
        loop.toBackend(backend, messages.request("INVITE", call, 1, false));
        loop.fromBackend(backend, messages.response(180, call, 1, "INVITE"));
        loop.fromBackend(backend, messages.response(200, call, 1, "INVITE", lines));
    }

    @Test
    void aDialogLastsFromTheAnswerToTheByeOfEitherSide() {
        loop.toBackend(backend, messages.request("INVITE", 1, 1, false));
        loop.fromBackend(backend, messages.response(180, 1, 1, "INVITE"));
        assertThat(dialogs()).isZero();
        for (int call = 1; call <= 300; call++) {
            answered(call);
        }
        assertThat(dialogs()).isEqualTo(300);
        for (int call = 1; call <= 100; call++) {
            otherLoop.toBackend(backend, messages.request("BYE", call, 2, true));
            loop.fromBackend(backend, messages.request("BYE", call + 100, 2, true));
        }
        assertThat(dialogs()).isEqualTo(100);
        assertThat(leases.size()).as("leases").isZero();
        assertThat(backend.calls()).isZero();
    }

    @Test
    void aFailureIsNoDialog() {
        loop.toBackend(backend, messages.request("INVITE", 1, 1, false));
        loop.fromBackend(backend, messages.response(486, 1, 1, "INVITE"));
        loop.fromBackend(backend, messages.response(200, 2, 1, "REGISTER"));
        assertThat(dialogs()).isZero();
    }

    @Test
    void aSessionTimerEndsWhatNobodyRefreshes() {
        answered(1, "Session-Expires: 90");
        answered(2, "Session-Expires: 90");
        answered(3);
        pass(Duration.ofSeconds(60));
        loop.toBackend(backend, messages.request("UPDATE", 2, 2, true, "Session-Expires: 90"));
        pass(Duration.ofSeconds(70));
        assertThat(dialogs()).isEqualTo(2);
        pass(Duration.ofMinutes(10));
        assertThat(dialogs()).isEqualTo(1);
        pass(Duration.ofHours(2));
        assertThat(dialogs()).isZero();
    }

    /** As after a restart. */
    @Test
    void aReInviteShowsADialogThatWasNotKnown() {
        loop.toBackend(backend, messages.request("INVITE", 1, 7, true));
        otherLoop.fromBackend(backend, messages.request("INVITE", 2, 7, true));
        assertThat(dialogs()).isEqualTo(2);
    }
}
