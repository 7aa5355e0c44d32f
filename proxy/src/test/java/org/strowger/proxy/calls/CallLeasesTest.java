package org.strowger.proxy.calls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.strowger.proxy.balancing.BackendLoad;
import org.strowger.proxy.routing.StableHash;

/** When a call begins and ends to count. */
class CallLeasesTest {
    private final MockTicker ticker = Ticker.newMockTicker();
    private final CallLeases leases = new CallLeases(1000, Duration.ofHours(2), ticker);
    private final RequestMeter meter = new RequestMeter(ticker);
    private final LoopLoad loop = new LoopLoad(leases, meter, StableHash.STANDARD::hash);
    private final LoopLoad otherLoop = new LoopLoad(leases, meter, StableHash.STANDARD::hash);
    private final BackendLoad backend = counted(1);
    private final BackendLoad other = counted(2);
    private final Messages messages = new Messages();

    private static BackendLoad counted(long identity) {
        BackendLoad load = new BackendLoad(identity);
        load.want(true, true);
        return load;
    }

    private void invite(int call) {
        loop.toBackend(backend, messages.request("INVITE", call, 1, false));
    }

    private void response(int status, int call, String... lines) {
        loop.fromBackend(backend, messages.response(status, call, 1, "INVITE", lines));
    }

    private void pass(Duration time) {
        ticker.advance(time.toNanos(), TimeUnit.NANOSECONDS);
        leases.sweep(1000);
    }

    @Test
    void aCallCountsFromItsInviteToItsBye() {
        invite(1);
        invite(1);
        assertThat(backend.calls()).isEqualTo(1);
        response(180, 1);
        response(200, 1);
        response(200, 1);
        assertThat(backend.calls()).isEqualTo(1);
        otherLoop.toBackend(backend, messages.request("BYE", 1, 2, true));
        loop.toBackend(backend, messages.request("BYE", 1, 2, true));
        response(200, 1);
        assertThat(backend.calls()).isZero();
        assertThat(leases.size()).isZero();
    }

    @Test
    void aRequestThatWentToAnotherBackendIsSoonForgotten() {
        invite(1);
        loop.givenUp(backend, messages.request("INVITE", 1, 1, false));
        assertThat(backend.requests()).isZero();
        assertThat(backend.calls()).isEqualTo(1);
        pass(Duration.ofSeconds(5));
        assertThat(backend.calls()).isZero();
    }

    @Test
    void theOneThatWasGivenUpMayStillBeTheFirstToAnswer() {
        invite(1);
        loop.givenUp(backend, messages.request("INVITE", 1, 1, false));
        response(200, 1);
        pass(Duration.ofMinutes(1));
        assertThat(backend.calls()).isEqualTo(1);
    }

    @Test
    void aCallThatGoesElsewhereIsGivenBack() {
        backend.callBegan();
        leases.begin(7, backend);
        leases.giveBack(7, other);
        assertThat(backend.calls()).isEqualTo(1);
        leases.giveBack(7, backend);
        leases.giveBack(7, backend);
        assertThat(backend.calls()).isZero();
        assertThat(leases.size()).isZero();
    }

    @Test
    void anotherExpiryHoldsForCallsAnsweredAfterwards() {
        invite(1);
        response(200, 1);
        leases.keepWithoutTimer(Duration.ofMinutes(10));
        invite(2);
        response(200, 2);
        pass(Duration.ofMinutes(11));
        assertThat(backend.calls()).isEqualTo(1);
    }

    @Test
    void theBackendsByeEndsItToo() {
        invite(1);
        response(200, 1);
        otherLoop.fromBackend(backend, messages.request("BYE", 1, 9, true));
        assertThat(backend.calls()).isZero();
    }

    @Test
    void aFailureEndsItButNotThatOfALaterInvite() {
        invite(1);
        invite(2);
        response(486, 1);
        response(200, 2);
        loop.toBackend(backend, messages.request("INVITE", 2, 2, true));
        loop.fromBackend(backend, messages.response(488, 2, 2, "INVITE"));
        assertThat(backend.calls()).isEqualTo(1);
    }

    @Test
    void anInviteWithCredentialsKeepsThePlaceOfTheChallengedOne() {
        invite(1);
        response(407, 1);
        assertThat(backend.calls()).isEqualTo(1);
        loop.toBackend(backend, messages.request("INVITE", 1, 2, false));
        pass(Duration.ofSeconds(30));
        assertThat(backend.calls()).isEqualTo(1);
        loop.fromBackend(backend, messages.response(401, 1, 2, "INVITE"));
        pass(Duration.ofSeconds(6));
        assertThat(backend.calls()).isZero();
    }

    @Test
    void aCallWithoutAnswerEndsByItsTime() {
        invite(1);
        invite(2);
        response(180, 2);
        pass(Duration.ofSeconds(41));
        assertThat(backend.calls()).isEqualTo(1);
        response(180, 2);
        pass(Duration.ofSeconds(200));
        assertThat(backend.calls())
                .as("a provisional keeps it for longer than Timer C")
                .isEqualTo(1);
        pass(Duration.ofSeconds(41));
        assertThat(backend.calls()).isZero();
        assertThat(leases.expired()).isEqualTo(2);
    }

    @Test
    void aCancelledCallIsGivenUpSoonUnlessItWasAnswered() {
        invite(1);
        invite(2);
        response(180, 1);
        response(180, 2);
        loop.toBackend(backend, messages.request("CANCEL", 1, 1, false));
        loop.toBackend(backend, messages.request("CANCEL", 2, 1, false));
        response(200, 2);
        pass(Duration.ofSeconds(41));
        assertThat(backend.calls()).isEqualTo(1);
    }

    @Test
    void anAnsweredCallCountsForItsSessionsTime() {
        invite(1);
        invite(2);
        response(200, 1, "Session-Expires: 90;refresher=uac");
        response(200, 2);
        for (int refresh = 0; refresh < 10; refresh++) {
            pass(Duration.ofSeconds(45));
            otherLoop.toBackend(backend, messages.request("UPDATE", 1, 2 + refresh, true));
        }
        assertThat(backend.calls()).isEqualTo(2);
        loop.fromBackend(backend, messages.response(200, 1, 20, "UPDATE", "x: 1800"));
        pass(Duration.ofSeconds(1800 + 31));
        assertThat(backend.calls()).isEqualTo(2);
        pass(Duration.ofSeconds(2));
        assertThat(backend.calls()).as("without a timer: two hours").isEqualTo(1);
        pass(Duration.ofHours(2));
        assertThat(backend.calls()).isZero();
    }

    @Test
    void aSpiralCountsAtBothBackends() {
        invite(1);
        loop.toBackend(other, messages.request("INVITE", 1, 1, false));
        loop.fromBackend(other, messages.response(486, 1, 1, "INVITE"));
        assertThat(other.calls()).isZero();
        assertThat(backend.calls()).isEqualTo(1);
    }

    @Test
    void aCallThatWasCountedByItsPickIsNotCountedAgain() {
        byte[] callId = "1@h".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        backend.callBegan();
        leases.begin(StableHash.STANDARD.hash(callId, 0, callId.length), backend);
        invite(1);
        assertThat(backend.calls()).isEqualTo(1);
        backend.callBegan();
        leases.begin(StableHash.STANDARD.hash(callId, 0, callId.length), backend);
        assertThat(backend.calls()).isEqualTo(1);
        assertThat(leases.size()).isEqualTo(1);
    }

    @Test
    void callsBeyondTheTableAreNotCounted() {
        for (int call = 0; call < 1010; call++) {
            invite(call);
        }
        assertThat(backend.calls()).isEqualTo(1000);
        assertThat(leases.refused()).isEqualTo(10);
        for (int call = 0; call < 1010; call++) {
            loop.toBackend(backend, messages.request("BYE", call, 2, true));
        }
        assertThat(backend.calls()).isZero();
        assertThat(leases.size()).isZero();
    }

    @Test
    void nothingIsKeptForBackendsOfWhichNobodyNeedsToKnow() {
        backend.want(false, false);
        invite(1);
        assertThat(leases.size()).isZero();
        assertThat(meter.waiting()).isZero();
        assertThat(backend.requests()).isZero();
    }

    @Test
    void intervalsAreRead() {
        assertThat(LoopLoad.sessionSeconds(messages.response(200, 1, 1, "INVITE")))
                .isZero();
        assertThat(LoopLoad.sessionSeconds(messages.response(200, 1, 1, "INVITE", "x: 1800 ;refresher=uas")))
                .isEqualTo(1800);
        assertThat(LoopLoad.sessionSeconds(messages.response(200, 1, 1, "INVITE", "Session-Expires: soon")))
                .isZero();
        assertThat(LoopLoad.sessionSeconds(messages.response(200, 1, 1, "INVITE", "x: 99999999999999")))
                .isEqualTo(999_999_999);
    }

    /** As on two loops: one begins calls, both end them, and one sweeps; each call is counted off once. */
    @Test
    void callsThatSeveralThreadsEndAreCountedOffOnce() throws InterruptedException {
        CallLeases shared = new CallLeases(1_000_000, Duration.ofHours(2), ticker);
        Thread[] threads = new Thread[2];
        for (int t = 0; t < threads.length; t++) {
            LoopLoad own = new LoopLoad(shared, new RequestMeter(ticker), StableHash.STANDARD::hash);
            Messages mine = new Messages();
            int sweeps = t;
            threads[t] = new Thread(() -> {
                for (int call = 0; call < 20_000; call++) {
                    own.toBackend(backend, mine.request("INVITE", call, 1, false));
                    own.fromBackend(backend, mine.response(call % 3 == 0 ? 486 : 200, call, 1, "INVITE"));
                    own.toBackend(backend, mine.request("BYE", call, 2, true));
                    if (sweeps == 0) {
                        shared.sweep(10);
                    }
                }
            });
            threads[t].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        // A call that one thread ended may have been begun anew by the other's repetition of its INVITE, and ended.
        assertThat(backend.calls()).isZero();
        assertThat(shared.size()).isZero();
    }
}
