package org.strowger.proxy.transport;

/**
 * Settings of a UDP socket.
 *
 * @param receiveBufferBytes SO_RCVBUF asked for; the kernel may grant less
 * @param sendBufferBytes SO_SNDBUF asked for
 * @param maxDatagramBytes longer datagrams are dropped and counted
 * @param batch datagrams read or written by one system call at most
 * @param gatherNanos how long a busy loop may wait for more datagrams before it reads, below a second; 0: never. For
 *     engines that can
 */
public record DatagramOptions(
        int receiveBufferBytes, int sendBufferBytes, int maxDatagramBytes, int batch, long gatherNanos) {

    public DatagramOptions {
        if (batch < 1 || batch > 1024) {
            throw new IllegalArgumentException("batch: " + batch + " (expected: 1..1024)");
        }
        if (maxDatagramBytes < 1 || maxDatagramBytes > 65_535) {
            throw new IllegalArgumentException("maxDatagramBytes: " + maxDatagramBytes + " (expected: 1..65535)");
        }
        if (gatherNanos < 0 || gatherNanos >= 1_000_000_000) {
            throw new IllegalArgumentException("gatherNanos: " + gatherNanos + " (expected: 0..999999999)");
        }
    }
}
