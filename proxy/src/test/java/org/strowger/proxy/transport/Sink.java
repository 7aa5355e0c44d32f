package org.strowger.proxy.transport;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.strowger.sip.IpPort;

/** A handler that remembers what it was given, as text, for a test thread to take. */
class Sink implements DatagramHandler {
    private static final long PATIENCE_SECONDS = 20;

    private final BlockingQueue<String> datagrams = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> icmpErrors = new LinkedBlockingQueue<>();
    private final BlockingQueue<Integer> readCompletes = new LinkedBlockingQueue<>();

    @Override
    public void onDatagram(DatagramPort port, byte[] bytes, int length, IpPort source) {
        datagrams.add(new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
    }

    @Override
    public void onIcmpError(DatagramPort port, IpPort peer, int errno) {
        icmpErrors.add(errno + " " + peer);
    }

    @Override
    public void onReadComplete() {
        readCompletes.add(1);
    }

    /** The next datagram. */
    final String datagram() throws InterruptedException {
        return take(datagrams);
    }

    /** The next ICMP error, as errno and peer. */
    final String icmpError() throws InterruptedException {
        return take(icmpErrors);
    }

    /** Waits until a read batch has been completed. */
    final void readComplete() throws InterruptedException {
        take(readCompletes);
    }

    final boolean hasDatagram() {
        return !datagrams.isEmpty();
    }

    private static <T> T take(BlockingQueue<T> queue) throws InterruptedException {
        T value = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (value == null) {
            throw new AssertionError("nothing came within " + PATIENCE_SECONDS + " s");
        }
        return value;
    }

    /** A sink that also sends each datagram back. */
    static final class Echo extends Sink {

        @Override
        public void onDatagram(DatagramPort port, byte[] bytes, int length, IpPort source) {
            super.onDatagram(port, bytes, length, source);
            port.send(bytes, 0, length, source);
            port.flush();
        }
    }
}
