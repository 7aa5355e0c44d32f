package org.strowger.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaders;

/** Takes WebSocket handshakes that are not for backends: those with the sub-protocol of SIP (RFC 7118). */
public interface WebSocketDoor {

    /** True when a handshake with these fields is for this door. */
    boolean wants(HttpHeaders fields);

    /**
     * The connection is the callee's from now on, with nothing of HTTP in its pipeline and the handshake unanswered.
     *
     * @param handshake the request, written anew after it was found good, and the bytes that came after it; to be released
     */
    void enter(Channel channel, ByteBuf handshake);
}
