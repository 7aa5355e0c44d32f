package org.strowger.proxy.peers;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One end of a path that carries SIP messages as text; what arrives waits until it is taken. */
public abstract class SipPeer implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 20;

    private final BlockingQueue<String> arrived = new LinkedBlockingQueue<>();

    protected final void arrived(String message) {
        arrived.add(message);
    }

    /** The next message. */
    public final String receive() {
        try {
            String message = arrived.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (message == null) {
                throw new AssertionError("no message came within " + PATIENCE_SECONDS + " s");
            }
            return message;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The next message, which has to begin so. A 100, which is ours where a machine is slow, is only seen by who wants it. */
    public final String receive(String begin) {
        String message = receive();
        while (message.startsWith("SIP/2.0 100 ") && !begin.startsWith("SIP/2.0 1")) {
            message = receive();
        }
        if (!message.startsWith(begin)) {
            throw new AssertionError("expected " + begin + "\nbut was " + message);
        }
        return message;
    }

    public final boolean hasReceived() {
        return !arrived.isEmpty();
    }

    public abstract void send(String message);

    @Override
    public abstract void close();
}
