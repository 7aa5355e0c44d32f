package org.strowger.health.probe;

import java.net.ConnectException;
import java.net.NoRouteToHostException;

/** Says in a few words why a connection failed. */
final class Causes {

    private Causes() {}

    /** True when the host itself says that nobody listens. */
    static boolean isRefusal(Throwable cause) {
        return cause instanceof ConnectException
                && String.valueOf(cause.getMessage()).contains("refused");
    }

    static String shown(Throwable cause) {
        String text = String.valueOf(cause.getMessage());
        if (isRefusal(cause)) {
            return "connection refused";
        }
        if (cause instanceof NoRouteToHostException) {
            return "no route to host";
        }
        return ProbeAnswer.shown(text);
    }
}
