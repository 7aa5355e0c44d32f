package org.strowger.proxy.relay;

import java.net.InetSocketAddress;

/** An open address of a relay. */
public interface RelayListener extends AutoCloseable {

    /** Takes what comes from now on. Not to be called on an event loop. */
    void accept();

    /** The bound address, with the port that the kernel chose when 0 was asked for. */
    InetSocketAddress localAddress();

    /** Takes nothing new; connections stay. Not to be called on an event loop. */
    @Override
    void close();
}
