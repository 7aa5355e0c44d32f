package org.strowger.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class HeartbeatsTest {
    private final MockTicker ticker = Ticker.newMockTicker();
    private final Heartbeats heartbeats = new Heartbeats(ticker, Duration.ofSeconds(5));
    private final Deque<Runnable> tasks = new ArrayDeque<>();

    @Test
    void aThreadThatAnswersIsAlive() {
        heartbeats.watch("loop 0", Runnable::run);
        for (int second = 0; second < 20; second++) {
            ticker.advance(1, TimeUnit.SECONDS);
            heartbeats.beat();
            assertThat(heartbeats.stuck()).isEmpty();
        }
    }

    @Test
    void aThreadThatDoesNotAnswerIsStuckAfterTheLimitAndAliveAgainWhenItDoes() {
        heartbeats.watch("control loop", tasks::add);
        heartbeats.beat();
        ticker.advance(5, TimeUnit.SECONDS);
        assertThat(heartbeats.stuck()).isEmpty();
        ticker.advance(1, TimeUnit.MILLISECONDS);
        assertThat(heartbeats.stuck())
                .containsExactly("control loop has not answered for 5001 ms (expected: within 5000 ms)");
        tasks.remove().run();
        assertThat(heartbeats.stuck()).isEmpty();
    }

    @Test
    void aStuckThreadHoldsOneTaskOnly() {
        heartbeats.watch("loop 0", tasks::add);
        heartbeats.beat();
        heartbeats.beat();
        heartbeats.beat();
        assertThat(tasks).hasSize(1);
    }

    @Test
    void aThreadThatHasEndedIsStuckAndDoesNotHideTheOthers() {
        heartbeats.watch("loop 0", task -> {
            throw new RejectedExecutionException();
        });
        heartbeats.watch("loop 1", Runnable::run);
        ticker.advance(6, TimeUnit.SECONDS);
        heartbeats.beat();
        assertThat(heartbeats.stuck()).singleElement().asString().startsWith("loop 0 ");
    }
}
