package org.strowger.proxy.transport;

/**
 * Settings of a UDP socket.
 *
 * @param receiveBufferBytes SO_RCVBUF asked for; the kernel may grant less
 * @param sendBufferBytes SO_SNDBUF asked for
 * @param maxDatagramBytes longer datagrams are dropped and counted
 * @param batch datagrams read or written by one system call at most
 */
public record DatagramOptions(int receiveBufferBytes, int sendBufferBytes, int maxDatagramBytes, int batch) {

    public DatagramOptions {
        if (batch < 1 || batch > 1024) {
            throw new IllegalArgumentException("batch: " + batch + " (expected: 1..1024)");
        }
        if (maxDatagramBytes < 1 || maxDatagramBytes > 65_535) {
            throw new IllegalArgumentException("maxDatagramBytes: " + maxDatagramBytes + " (expected: 1..65535)");
        }
    }
}
