package org.strowger.proxy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.strowger.proxy.config.Machine;

/** What a configuration takes from the machine that this process runs on. */
final class ThisMachine {

    private ThisMachine() {}

    static Machine facts() {
        return new Machine(System.getenv(), Runtime.getRuntime().availableProcessors(), hostName());
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            // A host whose own name does not resolve still has to start.
            return "strowger";
        }
    }
}
