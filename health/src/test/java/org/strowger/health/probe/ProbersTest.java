package org.strowger.health.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ProbersTest {

    /** Multiples of the golden ratio leave gaps of three sizes at most, the largest below 2.7 of an even share. */
    @Test
    void firstProbesLieEvenlyInTheInterval() {
        Probers probers = new Probers(
                new ProbeSockets(new EmbeddedChannel().eventLoop(), NioDatagramChannel::new, NioSocketChannel::new),
                Ticker.newMockTicker(),
                new Random(7));
        int backends = 100;
        long intervalNanos = Duration.ofMillis(250).toNanos();
        long[] delays = LongStream.generate(
                        () -> probers.nextDelay(Duration.ofMillis(250)).toNanos())
                .limit(backends)
                .sorted()
                .toArray();
        long largestGap = delays[0] + intervalNanos - delays[backends - 1];
        for (int i = 1; i < backends; i++) {
            largestGap = Math.max(largestGap, delays[i] - delays[i - 1]);
        }
        assertThat(largestGap).isLessThan((long) (2.7 * intervalNanos / backends));
        assertThat(delays[backends - 1]).isLessThan(intervalNanos);
    }
}
