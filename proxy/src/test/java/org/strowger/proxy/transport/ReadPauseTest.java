package org.strowger.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When a loop waits for more datagrams, and when it does not. */
class ReadPauseTest {
    private static final long PAUSE = 150_000;
    private static final long SECOND = 1_000_000_000L;

    private final MockTicker ticker = Ticker.newMockTicker();
    private final List<Long> pauses = new ArrayList<>();
    private final ReadPause pause = new ReadPause(ticker, this::sleep, PAUSE);

    private void sleep(long nanos) {
        pauses.add(nanos);
        ticker.advance(nanos, TimeUnit.NANOSECONDS);
    }

    /** For 20 ms: as many datagrams a second, read whenever a batch of at least that many is there. */
    private void stream(ReadPause pause, long perSecond, int batch) {
        long end = ticker.nanoTime() + 5 * ReadPause.WINDOW_NANOS;
        long read = ticker.nanoTime();
        while (ticker.nanoTime() < end) {
            ticker.advance(batch * SECOND / perSecond, TimeUnit.NANOSECONDS);
            pause.beforeRead();
            int arrived = (int) ((ticker.nanoTime() - read) * perSecond / SECOND);
            pause.received(arrived);
            read = ticker.nanoTime();
        }
    }

    @Test
    void aThinStreamIsReadAtOnce() {
        stream(pause, 19_000, 1);
        assertThat(pauses).isEmpty();
    }

    @Test
    void aDenseStreamIsGathered() {
        stream(pause, 40_000, 1);
        assertThat(pauses).isNotEmpty().allMatch(nanos -> nanos == PAUSE);
    }

    @Test
    void oneWaitServesAllSocketsOfTheLoop() {
        stream(pause, 40_000, 1);
        ticker.advance(PAUSE, TimeUnit.NANOSECONDS);
        pauses.clear();
        pause.beforeRead();
        pause.beforeRead();
        pause.beforeRead();
        assertThat(pauses).hasSize(1);
    }

    @Test
    void longBatchesNeedNoWaiting() {
        stream(pause, 200_000, ReadPause.LONG_BATCH + 1);
        assertThat(pauses).isEmpty();
    }

    @Test
    void theWaitingEndsWithTheDenseStream() {
        stream(pause, 40_000, 1);
        stream(pause, 1_000, 1);
        pauses.clear();
        stream(pause, 1_000, 1);
        assertThat(pauses).isEmpty();
    }

    @Test
    void offIsOff() {
        ReadPause off = new ReadPause(ticker, this::sleep, 0);
        stream(off, 100_000, 1);
        assertThat(pauses).isEmpty();
    }
}
