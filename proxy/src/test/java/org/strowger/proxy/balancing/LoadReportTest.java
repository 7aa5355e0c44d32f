package org.strowger.proxy.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What backends say of themselves, and what becomes of it. */
class LoadReportTest {

    private static Optional<LoadReport> report(double load) {
        return Optional.of(new LoadReport(load));
    }

    @Test
    void headersAreRead() {
        assertThat(LoadReport.ofHeader("0.35")).isEqualTo(report(0.35));
        assertThat(LoadReport.ofHeader(" 1 ; calls=3 ")).isEqualTo(report(1));
        assertThat(LoadReport.ofHeader("0.35;calls=70;max-calls=100")).isEqualTo(report(0.7));
        assertThat(LoadReport.ofHeader("0.9; Max-Calls=100 ;calls=70")).isEqualTo(report(0.9));
        assertThat(LoadReport.ofHeader("calls=30;max-calls=40")).isEqualTo(report(0.75));
    }

    @Test
    void bodiesAreRead() {
        assertThat(LoadReport.ofJson("{\"load\": 0.35}")).isEqualTo(report(0.35));
        assertThat(LoadReport.ofJson("{ \"status\" : \"ok\", \"calls\" : 5,\n \"maxCalls\" : 10 , \"load\":0.1}"))
                .isEqualTo(report(0.5));
    }

    @Test
    void whatCannotBeUnderstoodIsNoReport() {
        for (String value :
                List.of("", "-1", "high", "1e9", "0.35.1", "NaN", "calls=3", "calls=0;max-calls=0", "x".repeat(5000))) {
            assertThat(LoadReport.ofHeader(value)).as(value).isEmpty();
            assertThat(LoadReport.ofJson(value)).as(value).isEmpty();
        }
        assertThat(LoadReport.ofJson("{\"load\": \"0.35\"}")).isEmpty();
    }

    /**
     * Loads of 0.2 and 0.8: of two drawn, 8 in 10 choices for the first; 20,000 picks have a standard deviation of 57.
     * Six seconds later the reports are stale, and waiting requests decide: none, so all is even.
     */
    @Test
    void backendsAreChosenByTheirSpareCapacityAndEvenlyWhenReportsAreStale() {
        MockTicker ticker = Ticker.newMockTicker();
        BackendLoads loads = new BackendLoads();
        List<Member> members = Pools.equal(2);
        Picker picker = new BalancingPolicy.ReportedLoad()
                .pickers(BalancingSettings.DEFAULT, new Measurements(loads, CallRegister.NONE, ticker, 42))
                .build(members);
        loads.of(members.get(0).backend().id()).reports(new LoadReport(0.2), ticker.nanoTime());
        loads.of(members.get(1).backend().id()).reports(new LoadReport(0.8), ticker.nanoTime());
        assertThat(Pools.picks(picker, 2, 20_000, 1)[0]).isBetween(15_715, 16_285);
        assertThat(picker.score(0)).isLessThan(picker.score(1));
        loads.of(members.get(1).backend().id()).reports(new LoadReport(3), ticker.nanoTime());
        assertThat(Pools.picks(picker, 2, 20_000, 1)[1]).isBetween(100, 400);
        ticker.advance(6, TimeUnit.SECONDS);
        assertThat(Pools.picks(picker, 2, 20_000, 1)[0]).isBetween(9_645, 10_355);
        loads.of(members.get(0).backend().id()).requestBegan();
        assertThat(Picker.index(picker.pick(new SplittableRandom(1).nextLong())))
                .isEqualTo(1);
    }
}
