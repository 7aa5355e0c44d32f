package org.strowger.proxy.demo;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Finds a port on which nobody takes SIP yet. */
enum FreePort {
    ;
    private static final int ATTEMPTS = 200;

    /**
     * The first port from {@code preferred} upwards whose UDP and TCP sides can both be bound. Somebody may take it before
     * the caller does.
     */
    static int from(InetAddress host, int preferred) throws IOException {
        int last = Math.min(preferred + ATTEMPTS, 65_536) - 1;
        for (int port = preferred; port <= last; port++) {
            if (isFree(host, port)) {
                return port;
            }
        }
        throw new IOException("no free port on " + host.getHostAddress() + " (expected: one of " + preferred + ".."
                + last + ", UDP and TCP)");
    }

    private static boolean isFree(InetAddress host, int port) {
        try (ServerSocket tcp = new ServerSocket();
                DatagramSocket udp = new DatagramSocket(null)) {
            tcp.setReuseAddress(true);
            tcp.bind(new InetSocketAddress(host, port));
            udp.bind(new InetSocketAddress(host, port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
