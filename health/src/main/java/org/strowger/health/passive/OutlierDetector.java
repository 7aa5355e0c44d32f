package org.strowger.health.passive;

import java.util.Locale;
import java.util.Optional;
import org.strowger.threading.RunsOn;

/**
 * Says when a backend's live traffic stands out. Three criteria, each of which a pool of two can meet:
 *
 * <ol>
 *   <li>{@code noResponse} attempts in a row without any response;
 *   <li>{@code minErrors} failed attempts in a row;
 *   <li>at least {@code minErrors} failed attempts in the window and a share of failed ones of {@code errorRate} or more.
 * </ol>
 *
 * <p>None is met by one lost datagram. Whether the rest of the pool does better, and whether it can spare the backend, is for
 * the pool to say.
 *
 * <p>Signals come in lots whose inner order is unknown. A lot is taken as good news first, then one failure at most counts
 * towards a row: a look is taken at every failure, so a lot with more of them is rare.
 */
@RunsOn(RunsOn.Runner.CONTROL)
public final class OutlierDetector {
    private final PassiveSettings settings;
    private final OutcomeWindow window;
    private long silentInRow;
    private long failedInRow;

    public OutlierDetector(PassiveSettings settings, long nowNanos) {
        this.settings = settings;
        this.window = new OutcomeWindow(settings.window(), nowNanos);
    }

    /** Takes what happened into account. */
    public void onLive(LiveSignals signals, long nowNanos) {
        window.add(signals.answered(), signals.failed(), nowNanos);
        silentInRow = inRow(silentInRow, signals.signsOfLife(), signals.noResponse() + signals.refused());
        failedInRow = inRow(failedInRow, signals.answered(), signals.failed());
    }

    private static long inRow(long before, long good, long bad) {
        return good > 0 ? Math.min(bad, 1) : before + bad;
    }

    /** Whether it stands out now. */
    public Optional<Outlier> find(long nowNanos) {
        String cause = "";
        if (settings.noResponse() > 0 && silentInRow >= settings.noResponse()) {
            cause = silentInRow + " requests in a row without response";
        } else if (settings.minErrors() > 0 && failedInRow >= settings.minErrors()) {
            cause = failedInRow + " failed requests in a row";
        } else if (settings.minErrors() > 0
                && window.failed(nowNanos) >= settings.minErrors()
                && window.failureRate(nowNanos) >= settings.errorRate()) {
            cause = percent(window.failureRate(nowNanos)) + " of its requests failed";
        }
        return cause.isEmpty() ? Optional.empty() : Optional.of(new Outlier(cause, window.failureRate(nowNanos)));
    }

    /** The share of attempts in the window that failed, 0..1; 0 when there was none. */
    public double failureRate(long nowNanos) {
        return window.failureRate(nowNanos);
    }

    /** The counts in the window, for people. */
    public String counts(long nowNanos) {
        return "in " + Times.shown(settings.window()) + ": " + window.served(nowNanos) + " served, "
                + window.failed(nowNanos) + " failed";
    }

    /** Forgets everything: after an ejection the past counts no more. */
    public void clear() {
        window.clear();
        silentInRow = 0;
        failedInRow = 0;
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }
}
