package org.strowger.proxy.transport;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Opens UDP sockets: through the kernel's recvmmsg and sendmmsg directly, or through Netty channels. */
public interface DatagramEngine {

    /** The name shown in the start-up log line, for example {@code recvmmsg/sendmmsg}. */
    String description();

    /**
     * Opens and binds a socket with SO_REUSEPORT (and IP_FREEBIND on Linux) whose events run on {@code loop}. May be
     * called from any thread; completes before it returns.
     *
     * @throws IOException when the address cannot be bound; the message names the address and the cause
     */
    DatagramPort open(EventLoop loop, InetSocketAddress bind, DatagramOptions options, DatagramHandler handler)
            throws IOException;
}
