package org.strowger.proxy.transport;

import io.netty.channel.Channel;
import java.util.function.Supplier;
import org.strowger.sip.Transport;

/**
 * What a listener does with a connection that it has accepted, on the connection's event loop: makes a flow of it at
 * once, or first adds handlers that find out what it is.
 */
public interface ConnectionFront {

    /** Takes a connection that has no handlers yet. */
    void accepted(Channel channel, FlowOpener flows);

    /** Makes a connection a flow. */
    interface FlowOpener {

        /** From now on the last handler cuts what arrives into messages. Called at most once for each connection. */
        void open(Channel channel, Framed as);
    }

    /** What is spoken on a flow, and how a silent peer is asked whether it is there. */
    record Framed(Transport transport, StreamFraming framing, FlowKeepAlive keepAlive) {}

    /** Every connection is a flow from the start. */
    static ConnectionFront plain(Supplier<StreamFraming> framing) {
        return framed(Transport.TCP, framing);
    }

    /** The same for what comes out of another front. */
    static ConnectionFront framed(Transport transport, Supplier<StreamFraming> framing) {
        return (channel, flows) -> flows.open(channel, new Framed(transport, framing.get(), FlowKeepAlive.OFF));
    }
}
