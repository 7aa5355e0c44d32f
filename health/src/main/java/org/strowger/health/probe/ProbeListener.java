package org.strowger.health.probe;

import java.util.Optional;
import org.strowger.health.ProbeResult;

/** Hears of each probe of one backend, on the thread that probes. */
@FunctionalInterface
public interface ProbeListener {

    /**
     * A probe is over.
     *
     * @param reportedLoad what the backend said about its load, if anything
     */
    void probed(ProbeResult result, Optional<ReportedLoad> reportedLoad);
}
