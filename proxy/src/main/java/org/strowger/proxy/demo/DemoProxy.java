package org.strowger.proxy.demo;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.strowger.discovery.Backend;

/** The proxy as the demo sees it. */
public interface DemoProxy extends AutoCloseable {

    /** Where it takes SIP, over UDP and TCP. */
    InetSocketAddress sipAddress();

    /** New calls given to each backend so far, by the backend's id. */
    Map<String, Long> callsPerBackend();

    /** The admin server. */
    URI admin();

    @Override
    void close();

    /** Starts a proxy. */
    @FunctionalInterface
    interface Factory {

        /** Starts one that takes SIP at {@code sip}, over UDP and TCP, and spreads it over {@code backends}. */
        DemoProxy start(InetSocketAddress sip, List<Backend> backends) throws IOException;
    }
}
