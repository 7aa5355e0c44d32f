package org.strowger.proxy.demo;

import java.net.InetSocketAddress;

/** Whoever sent a request to a {@link DemoUas}, with the way back. */
interface DemoPeer {

    /** Where the request came from. */
    InetSocketAddress source();

    /** The URI at which this backend wants further requests of a dialog. */
    String contact();

    /** Whether what is sent cannot be lost. */
    boolean isReliable();

    void send(String text);
}
