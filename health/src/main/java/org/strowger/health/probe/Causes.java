package org.strowger.health.probe;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.nio.channels.ClosedChannelException;

/** Says in a few words why a connection failed. */
final class Causes {

    private Causes() {}

    /** True when the host itself says that nobody listens. */
    private static boolean isRefusal(Throwable cause) {
        return cause instanceof ConnectException
                && String.valueOf(cause.getMessage()).contains("refused");
    }

    /** Tells the sink that a connection failed, and whether the host refused it. */
    static void tell(ProbeSink sink, Throwable cause) {
        if (isRefusal(cause)) {
            sink.refused(shown(cause));
        } else {
            sink.failed(shown(cause));
        }
    }

    static String shown(Throwable cause) {
        String text = String.valueOf(cause.getMessage());
        if (isRefusal(cause)) {
            return "connection refused";
        }
        if (cause instanceof NoRouteToHostException) {
            return "no route to host";
        }
        if (cause instanceof ClosedChannelException) {
            return "connection closed";
        }
        return ProbeAnswer.shown(text);
    }
}
