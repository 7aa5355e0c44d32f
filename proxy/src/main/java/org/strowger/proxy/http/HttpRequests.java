package org.strowger.proxy.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpRequest;

/** Takes over connections that turned out to speak HTTP and not SIP over WebSocket. */
public interface HttpRequests {

    /**
     * Takes a connection with its first request, on its event loop. The pipeline ends with an HttpServerCodec and the
     * handler that calls this, which is removed when this returns: what the taker adds behind it gets the content of the
     * request and all that follows.
     */
    void take(Channel channel, HttpRequest first);
}
