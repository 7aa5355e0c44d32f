package org.strowger.health.probe;

import java.util.Locale;
import java.util.Optional;
import org.strowger.health.ProbeVerdict;

/**
 * A final answer to a probe.
 *
 * @param status the status code
 * @param phrase the reason phrase
 * @param reason the text of the Reason header (RFC 3326), or empty
 * @param load what it said about its load, if anything
 */
record ProbeAnswer(int status, String phrase, String reason, Optional<ReportedLoad> load) {
    /** In which a backend may say how loaded it is. */
    static final String LOAD_HEADER = "X-Strowger-Load";

    private static final String MAINTENANCE = "maintenance";
    private static final int MAX_SHOWN = 60;

    /** 503 that speaks of maintenance in its Reason header or reason phrase is a wish, not a failure. */
    ProbeVerdict verdict(ExpectedCodes expected) {
        if (expected.contains(status)) {
            return ProbeVerdict.PASSED;
        }
        return status == 503 && (speaksOfMaintenance(reason) || speaksOfMaintenance(phrase))
                ? ProbeVerdict.MAINTENANCE
                : ProbeVerdict.FAILED;
    }

    private static boolean speaksOfMaintenance(String text) {
        return text.toLowerCase(Locale.ROOT).contains(MAINTENANCE);
    }

    /** Status and phrase for people: what a backend writes is cut and stripped of control characters. */
    String shown() {
        String text = reason.isEmpty() ? status + " " + phrase : status + " " + phrase + " (Reason: " + reason + ")";
        return shown(text);
    }

    static String shown(String text) {
        String cut = text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
        for (int i = 0; i < cut.length(); i++) {
            if (Character.isISOControl(cut.charAt(i))) {
                return cut.replaceAll("\\p{Cntrl}", " ");
            }
        }
        return cut;
    }
}
