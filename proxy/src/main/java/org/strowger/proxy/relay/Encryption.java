package org.strowger.proxy.relay;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;

/** The TLS end of connections that a relay accepts. */
public interface Encryption {

    /** Whether one more handshake may begin now. */
    boolean admit();

    /** The handler that speaks TLS in the place of all that follows it; ends in an SslHandshakeCompletionEvent. */
    ChannelHandler newHandler(Channel channel);

    /** What was agreed upon, once the handshake is over. */
    Agreed agreed(Channel channel);

    /** @param host that the client asked for, in lower case, or empty */
    record Agreed(String host, String version, String cipher) {}
}
