package org.strowger.proxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How many requests may be repeated. */
class RetryBudgetTest {
    private static final long SECOND = 1_000_000_000L;

    private static int spend(RetryBudget budget, long now) {
        int spent = 0;
        while (budget.allows(now)) {
            budget.retry(now);
            spent++;
        }
        return spent;
    }

    @Test
    void aQuietPoolMayRepeatTenASecond() {
        RetryBudget budget = new RetryBudget(0.2);
        assertThat(spend(budget, SECOND)).isEqualTo(100);
        assertThat(budget.allows(10 * SECOND)).isFalse();
        assertThat(spend(budget, 11 * SECOND)).isEqualTo(100);
    }

    @Test
    void aBusyPoolMayRepeatItsShareOfTheLastTenSeconds() {
        RetryBudget budget = new RetryBudget(0.2);
        for (int i = 0; i < 20_000; i++) {
            budget.request(SECOND + i * SECOND / 1000);
        }
        // The tenth second has just ended: nine or ten of a thousand requests each count.
        assertThat(spend(budget, 20 * SECOND)).isBetween(1800, 2000);
    }

    @Test
    void aShareOfZeroAllowsNothing() {
        assertThat(new RetryBudget(0).allows(SECOND)).isFalse();
    }
}
