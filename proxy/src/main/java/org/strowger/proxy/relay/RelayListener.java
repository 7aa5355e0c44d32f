package org.strowger.proxy.relay;

import java.net.InetSocketAddress;

/** An open address of a relay. */
public interface RelayListener extends AutoCloseable {

    /**
     * Where it is.
     *
     * @param name under which {@link RelayPicture} has its settings
     */
    record Place(String name, InetSocketAddress bind) {}

    /** Takes what comes from now on. Not to be called on an event loop. */
    void accept();

    /** The bound address, with the port that the kernel chose when 0 was asked for. */
    InetSocketAddress localAddress();

    /** Connections or flows now open, over all loops; any thread. */
    int open();

    /** Takes nothing new; connections stay. Not to be called on an event loop. */
    @Override
    void close();
}
