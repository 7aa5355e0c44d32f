package org.strowger.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * The loopback addresses of one test class: {@code 127.x.y.z}, where x follows from the process and y from the class,
 * so that neither two classes nor two builds on one machine meet.
 */
record Loopback(String network) {
    private static final int FIRST_PROCESS_NET = 16;
    private static final int PROCESS_NETS = 200;
    private static final int ATTEMPTS = 100;

    static Loopback of(Class<?> testClass) {
        long processNet = FIRST_PROCESS_NET + ProcessHandle.current().pid() % PROCESS_NETS;
        int classNet = Math.floorMod(testClass.getName().hashCode(), 250) + 1;
        return new Loopback("127." + processNet + "." + classNet + ".");
    }

    /** Where the proxy listens. */
    String proxy() {
        return network + "1";
    }

    /** Where the proxy's admin page is. */
    String admin() {
        return network + "2";
    }

    /** The nth client, from 1. */
    String client(int n) {
        return network + (10 + n);
    }

    /** The nth backend, from 1. */
    String backend(int n) {
        return network + (100 + n);
    }

    /** A port that is free for UDP and TCP on an address at this moment. */
    static int freePort(String address) {
        try {
            InetAddress ip = InetAddress.getByName(address);
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                try (ServerSocket tcp = new ServerSocket(0, 1, ip);
                        DatagramSocket udp = new DatagramSocket(null)) {
                    if (binds(udp, new InetSocketAddress(ip, tcp.getLocalPort()))) {
                        return tcp.getLocalPort();
                    }
                }
            }
            throw new AssertionError("no port of " + address + " is free for both UDP and TCP");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean binds(DatagramSocket socket, InetSocketAddress to) throws IOException {
        try {
            socket.bind(to);
            return true;
        } catch (BindException taken) {
            return false;
        }
    }
}
