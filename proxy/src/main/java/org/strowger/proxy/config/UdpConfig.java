package org.strowger.proxy.config;

import java.time.Duration;

/**
 * Settings of all UDP sockets.
 *
 * @param receiveBufferBytes SO_RCVBUF asked for; the kernel may grant less
 * @param sendBufferBytes SO_SNDBUF asked for
 * @param batch datagrams read or written by one system call at most
 * @param gather how long a busy event loop may wait for more datagrams before it reads; zero: never
 */
public record UdpConfig(int receiveBufferBytes, int sendBufferBytes, int batch, Duration gather) {

    public UdpConfig {
        Require.range("receiveBufferBytes", receiveBufferBytes, 1, Integer.MAX_VALUE);
        Require.range("sendBufferBytes", sendBufferBytes, 1, Integer.MAX_VALUE);
        Require.range("batch", batch, 1, 1024);
        Require.notNegative("gather", gather);
    }
}
