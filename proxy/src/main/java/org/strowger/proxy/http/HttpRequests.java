package org.strowger.proxy.http;

import io.netty.channel.Channel;
import java.util.Optional;

/** Takes fresh connections of clients that speak HTTP. */
public interface HttpRequests {

    /** ALPN's name of HTTP/1.1. */
    String HTTP_1_1 = "http/1.1";

    /** ALPN's name of HTTP/2. */
    String HTTP_2 = "h2";

    /**
     * Serves a connection, on its event loop, from its first byte on: to be called when what comes before HTTP (PROXY
     * protocol, TLS with its handshake) is in its pipeline and done. Puts its handlers at the end of the pipeline.
     *
     * @param loop the event loop's number
     * @param alpn what was agreed on in the TLS handshake, or empty: then a client may begin with HTTP/2 at once, too
     * @param sip takes handshakes of SIP over WebSocket, where the listener has them
     */
    void take(int loop, Channel channel, Visitor visitor, String alpn, Optional<WebSocketDoor> sip);
}
