package org.strowger.health.probe;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.nio.channels.ClosedChannelException;

/** Says in a few words why a connection failed. */
final class Causes {

    private Causes() {}

    static String shown(Throwable cause) {
        String text = String.valueOf(cause.getMessage());
        if (cause instanceof ConnectException && text.contains("refused")) {
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
