package org.strowger.proxy.config;

/** How a listener names itself in Via, Record-Route and Path. */
public sealed interface Advertise {

    /** By the address that it is bound to. */
    record Auto() implements Advertise {}

    /**
     * By an address that leads to it, through NAT for example.
     *
     * @param host an IP address, IPv6 without brackets, or a host name
     * @param port 1..65535, or 0 for the bound port
     */
    record Fixed(String host, int port) implements Advertise {

        public Fixed {
            Require.that(!host.isEmpty(), "host", host, "a host");
            Require.range("port", port, 0, 65_535);
        }
    }
}
