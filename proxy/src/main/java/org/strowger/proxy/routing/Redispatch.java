package org.strowger.proxy.routing;

import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import org.strowger.sip.Method;
import org.strowger.threading.RunsOn;

/**
 * When a pool's request goes to another backend (decision 0017). One for a pool and its configuration, across snapshots,
 * because it holds the budgets.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class Redispatch {
    /** Never. */
    public static final Redispatch OFF = new Redispatch(Duration.ZERO, Duration.ZERO, Set.of(), 0, 0);

    private final long inviteNanos;
    private final long otherNanos;
    private final boolean isOn;
    private final boolean[] listed = new boolean[700];
    private final boolean[] failures = new boolean[700];
    private final RetryBudget[] budgets;
    private final RetryBudget[] leaveBudgets;
    private final boolean leavesRinging;
    private final boolean judges;

    /**
     * What live traffic is judged by.
     *
     * @param isOn whether it is judged at all
     * @param failures codes, 200..699, that count as failures of the backend that sends them
     */
    public record Verdicts(boolean isOn, Set<Integer> failures) {
        static final Verdicts NONE = new Verdicts(false, Set.of());

        public Verdicts {
            failures = Set.copyOf(failures);
        }
    }

    /**
     * What sends a request to another backend, but silence and failures of the transport.
     *
     * @param statuses codes, 400..699
     * @param leavesRinging whether a call that rings at a backend that is gone is one
     */
    public record Causes(Set<Integer> statuses, boolean leavesRinging) {
        public Causes {
            statuses = Set.copyOf(statuses);
        }
    }

    /**
     * @param invite an INVITE without a response for so long goes to another backend; zero: never for silence
     * @param others the same for other methods that may be repeated
     * @param statuses codes, 400..699, that send a request to another backend
     * @param budget re-dispatches per new request; 0: never
     * @param eventLoops one budget for each
     */
    public Redispatch(Duration invite, Duration others, Set<Integer> statuses, double budget, int eventLoops) {
        this(invite, others, new Causes(statuses, true), budget, eventLoops, Verdicts.NONE);
    }

    /** @param verdicts on the pool's backends */
    public Redispatch(
            Duration invite, Duration others, Causes causes, double budget, int eventLoops, Verdicts verdicts) {
        this.inviteNanos = invite.isZero() ? Long.MAX_VALUE : invite.toNanos();
        this.otherNanos = others.isZero() ? Long.MAX_VALUE : others.toNanos();
        this.isOn = budget > 0;
        this.leavesRinging = causes.leavesRinging();
        causes.statuses().forEach(status -> listed[status] = true);
        this.judges = verdicts.isOn();
        verdicts.failures().forEach(status -> failures[status] = true);
        this.budgets = new RetryBudget[eventLoops];
        Arrays.setAll(budgets, loop -> new RetryBudget(budget));
        this.leaveBudgets = new RetryBudget[eventLoops];
        Arrays.setAll(leaveBudgets, loop -> new RetryBudget(budget));
    }

    /** True for a request that may be sent to another backend too. */
    public boolean protects(Method method) {
        return isOn && isRepeatable(method);
    }

    /** True for a request that is not kept, and yet shows what its backend is worth. */
    public boolean watches(Method method) {
        return judges && !protects(method);
    }

    /** True for methods whose repetition at another backend does no harm. */
    public static boolean isRepeatable(Method method) {
        return switch (method) {
            case INVITE, REGISTER, OPTIONS, SUBSCRIBE -> true;
            default -> false;
        };
    }

    /** The silence that is taken for failure; {@link Long#MAX_VALUE}: none. */
    public long afterNanos(Method method) {
        return method == Method.INVITE ? inviteNanos : otherNanos;
    }

    /** True for a code that sends a request to another backend. */
    public boolean isListed(int status) {
        return listed[status];
    }

    /** True for a code that counts as a failure of the backend that sends it. */
    public boolean isFailure(int status) {
        return failures[status];
    }

    /** True when a call that rings at a backend that is gone goes to another one. */
    public boolean leavesRinging() {
        return leavesRinging;
    }

    /** A new request on that event loop. */
    public void request(int loop, long nowNanos) {
        budgets[loop].request(nowNanos);
        leaveBudgets[loop].request(nowNanos);
    }

    /** Of that event loop, and for it alone. */
    public RetryBudget budget(int loop) {
        return budgets[loop];
    }

    /**
     * The same for what a backend had answered provisionally before it was gone: it comes all at once, and must not use up
     * what the unanswered need.
     */
    public RetryBudget leaveBudget(int loop) {
        return leaveBudgets[loop];
    }
}
