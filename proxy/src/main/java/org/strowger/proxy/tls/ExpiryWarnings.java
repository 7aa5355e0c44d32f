package org.strowger.proxy.tls;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.threading.RunsOn;

/** Says 30, 7 and 1 days before a certificate expires that it will, and when it has; each once. */
@RunsOn(RunsOn.Runner.ANY)
final class ExpiryWarnings {
    private static final Logger log = LoggerFactory.getLogger(ExpiryWarnings.class);
    private static final int[] DAYS = {0, 1, 7, 30};
    private static final int NONE = Integer.MAX_VALUE;

    private final Map<CertificateExpiry, Integer> said = new HashMap<>();

    /** Only one thread at a time. */
    void look(CertificateExpiry certificate, Instant now) {
        int step = step(Duration.between(now, certificate.expires()));
        Integer before = said.put(certificate, step);
        if (step == NONE || (before != null && before <= step)) {
            return;
        }
        if (step == 0) {
            log.error(
                    "tls.{}: {} has expired on {}",
                    certificate.section(),
                    certificate.certificate(),
                    certificate.expires());
        } else {
            log.warn(
                    "tls.{}: {} expires on {}, in less than {} days",
                    certificate.section(),
                    certificate.certificate(),
                    certificate.expires(),
                    step);
        }
    }

    /** The least number of days that is not left any more. */
    static int step(Duration left) {
        for (int days : DAYS) {
            if (left.compareTo(Duration.ofDays(days)) <= 0) {
                return days;
            }
        }
        return NONE;
    }
}
