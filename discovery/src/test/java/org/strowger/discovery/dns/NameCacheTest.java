package org.strowger.discovery.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.strowger.sip.Transport;

/** Time to live, bounds and coalescing. */
class NameCacheTest {
    private final MockTicker ticker = Ticker.newMockTicker();
    private final Map<Destination, CompletableFuture<Location>> asked = new LinkedHashMap<>();
    private final List<String> ended = new ArrayList<>();
    private final NameCache cache = new NameCache(
            this::locate, new NameCacheLimits(3, 2), ticker, (lookup, outcome) -> ended.add(lookup + " " + outcome));

    @Test
    void manyWhoAskForOneNameShareALookUp() {
        assertThat(outcome("a")).isEqualTo(Location.Outcome.PENDING);
        assertThat(outcome("a")).isEqualTo(Location.Outcome.PENDING);
        long lookup = cache.lookupOf(to("a"));
        assertThat(lookup).isPositive();
        assertThat(asked).hasSize(1);
        answer("a", found(60));
        assertThat(ended).containsExactly(lookup + " FOUND");
        assertThat(outcome("a")).isEqualTo(Location.Outcome.FOUND);
        assertThat(cache.lookupOf(to("a"))).isZero();
    }

    @Test
    void answersLiveAsLongAsTheySay() {
        outcome("a");
        answer("a", found(60));
        advance(59);
        assertThat(outcome("a")).isEqualTo(Location.Outcome.FOUND);
        advance(1);
        assertThat(outcome("a")).isEqualTo(Location.Outcome.PENDING);
    }

    @Test
    void timesToLiveHaveAFloorAndACap() {
        lives(found(0), 1);
        lives(found(86_400), 3600);
        lives(found(-1), 3600);
        lives(Location.none(Location.Outcome.NO_NAME, -1), 30);
        lives(Location.none(Location.Outcome.NO_NAME, 77), 77);
        lives(Location.FAILURE, 5);
    }

    @Test
    void lookUpsUnderWayAreBounded() {
        outcome("a");
        outcome("b");
        assertThat(outcome("c")).isEqualTo(Location.Outcome.REFUSED);
        assertThat(asked).hasSize(2);
        answer("a", found(60));
        assertThat(outcome("c")).isEqualTo(Location.Outcome.PENDING);
    }

    @Test
    void theNameUsedLongestAgoGoesFirst() {
        for (String name : List.of("a", "b", "c")) {
            outcome(name);
            answer(name, found(60));
        }
        outcome("a");
        outcome("d");
        answer("d", found(60));
        assertThat(outcome("a")).isEqualTo(Location.Outcome.FOUND);
        assertThat(outcome("c")).isEqualTo(Location.Outcome.FOUND);
        assertThat(outcome("b")).isEqualTo(Location.Outcome.PENDING);
    }

    @Test
    void anAnswerThatIsThereAtOnceIsReturnedAtOnce() {
        asked.put(to("a"), CompletableFuture.completedFuture(found(60)));
        assertThat(outcome("a")).isEqualTo(Location.Outcome.FOUND);
        assertThat(cache.lookupOf(to("a"))).isZero();
    }

    @Test
    void aLookUpThatBreaksIsAFailure() {
        outcome("a");
        Objects.requireNonNull(asked.get(to("a"))).completeExceptionally(new IllegalStateException("broken"));
        assertThat(outcome("a")).isEqualTo(Location.Outcome.FAILED);
    }

    private void lives(Location location, long seconds) {
        asked.clear();
        advance(100_000);
        outcome("a");
        answer("a", location);
        ticker.advance(TimeUnit.SECONDS.toNanos(seconds) - 1, TimeUnit.NANOSECONDS);
        assertThat(outcome("a")).isEqualTo(location.outcome());
        ticker.advance(1, TimeUnit.NANOSECONDS);
        assertThat(outcome("a")).isEqualTo(Location.Outcome.PENDING);
        answer("a", location);
    }

    private CompletionStage<Location> locate(Destination to) {
        CompletableFuture<Location> known = asked.get(to);
        if (known == null || (known.isDone() && !ended.isEmpty())) {
            known = new CompletableFuture<>();
            asked.put(to, known);
        }
        return known;
    }

    private Location.Outcome outcome(String name) {
        return cache.find(to(name)).outcome();
    }

    private void answer(String name, Location location) {
        Objects.requireNonNull(asked.get(to(name))).complete(location);
    }

    private void advance(long seconds) {
        ticker.advance(seconds, TimeUnit.SECONDS);
    }

    private static Destination to(String name) {
        return new Destination(name, -1, Optional.empty(), false);
    }

    private static Location found(long ttlSeconds) {
        Server server = new Server(
                Transport.UDP, 0, 0, "a", 5060, List.of(NetUtil.createInetAddressFromIpAddressString("192.0.2.1")));
        return Location.found(List.of(server), ttlSeconds);
    }
}
