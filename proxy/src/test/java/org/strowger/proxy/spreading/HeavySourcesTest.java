package org.strowger.proxy.spreading;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.strowger.sip.IpPort;

/** Which sources are found heavy, when, and for how long. */
class HeavySourcesTest {
    private final MockTicker ticker = Ticker.newMockTicker();
    private final SplittableRandom random = new SplittableRandom(42);
    private final HeavySources sources = new HeavySources(ticker);

    @Test
    void aSourceAboveTheThresholdIsFoundWithinASecond() {
        IpPort trunk = source(1);
        assertThat(send(trunk, 3_000, Duration.ofSeconds(1))).isEqualTo(Standing.TURNING);
    }

    @Test
    void aFastSourceIsFoundWithinTheFirstWindows() {
        assertThat(send(source(1), 20_000, Duration.ofMillis(300))).isEqualTo(Standing.TURNING);
    }

    @Test
    void aSourceBelowTheThresholdIsOnlyWatched() {
        assertThat(send(source(1), 1_700, Duration.ofSeconds(60))).isEqualTo(Standing.WATCHED);
    }

    @Test
    void aShortBurstIsNotHeavy() {
        IpPort trunk = source(1);
        send(source(2), 100, Duration.ofSeconds(2));
        for (int i = 0; i < 900; i++) {
            sources.observe(trunk);
        }
        assertThat(send(trunk, 100, Duration.ofSeconds(3))).isEqualTo(Standing.WATCHED);
    }

    @Test
    void manyPhonesStayLight() {
        for (int i = 0; i < 500_000; i++) {
            pass(20_000);
            assertThat(sources.observe(source(random.nextInt(20_000)))).isEqualTo(Standing.LIGHT);
        }
    }

    @Test
    void trunksAreFoundAmongManyPhones() {
        List<IpPort> trunks = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            trunks.add(source(1_000_000 + i));
        }
        // 50,000 a second come from trunks (2,500 each), and as many from phones.
        for (int i = 0; i < 200_000; i++) {
            pass(10_000);
            sources.observe(random.nextBoolean() ? trunks.get(random.nextInt(20)) : source(random.nextInt(20_000)));
        }
        assertThat(trunks)
                .allSatisfy(trunk -> assertThat(sources.observe(trunk)).isEqualTo(Standing.TURNING));
    }

    @Test
    void theFirstRequestsOfAGrowingSourceMakeItWatched() {
        IpPort trunk = source(1);
        for (int i = 1; i < HeavySources.WATCH_COUNT; i++) {
            assertThat(sources.observe(trunk)).isEqualTo(Standing.LIGHT);
        }
        assertThat(sources.observe(trunk)).isEqualTo(Standing.WATCHED);
    }

    @Test
    void aHeavySourceSettlesAsItsOldTransactionsEnd() {
        IpPort trunk = source(1);
        assertThat(send(trunk, 4_000, Duration.ofSeconds(20))).isEqualTo(Standing.TURNING);
        assertThat(send(trunk, 4_000, Duration.ofSeconds(20))).isEqualTo(Standing.SETTLING);
        assertThat(send(trunk, 4_000, Duration.ofMinutes(4))).isEqualTo(Standing.SETTLING);
        assertThat(send(trunk, 4_000, Duration.ofMinutes(1))).isEqualTo(Standing.HEAVY);
    }

    @Test
    void aHeavySourceThatSendsLessStaysHeavy() {
        IpPort trunk = source(1);
        send(trunk, 4_000, Duration.ofMinutes(6));
        assertThat(send(trunk, 1, Duration.ofHours(2))).isEqualTo(Standing.HEAVY);
    }

    @Test
    void aHeavySourceIsForgottenAfterALongSilence() {
        IpPort trunk = source(1);
        IpPort other = source(2);
        send(trunk, 4_000, Duration.ofMinutes(6));
        send(other, 1_000, Duration.ofMinutes(4));
        assertThat(sources.observe(trunk)).isEqualTo(Standing.HEAVY);
        send(other, 1_000, Duration.ofMinutes(4));
        assertThat(sources.observe(trunk)).isEqualTo(Standing.HEAVY);
        send(other, 1_000, Duration.ofMinutes(6));
        assertThat(sources.observe(trunk)).isEqualTo(Standing.LIGHT);
    }

    @Test
    void phonesDoNotPushOutAHeavySource() {
        IpPort trunk = source(1_000_000);
        send(trunk, 4_000, Duration.ofMinutes(6));
        for (int i = 0; i < 500_000; i++) {
            pass(20_000);
            sources.observe(source(random.nextInt(20_000)));
        }
        assertThat(sources.observe(trunk)).isEqualTo(Standing.HEAVY);
    }

    /** Sends at an even rate; the last answer. */
    private Standing send(IpPort source, int perSecond, Duration time) {
        long count = Math.max(1, time.toNanos() * perSecond / TimeUnit.SECONDS.toNanos(1));
        Standing last = Standing.LIGHT;
        for (long i = 0; i < count; i++) {
            pass(time.toNanos() / count);
            last = sources.observe(source);
        }
        return last;
    }

    private void pass(long nanos) {
        ticker.advance(nanos, TimeUnit.NANOSECONDS);
    }

    private static IpPort source(int number) {
        IpPort source = new IpPort();
        source.setIpv4(0x0A00_0000 + number, 5060);
        return source;
    }
}
