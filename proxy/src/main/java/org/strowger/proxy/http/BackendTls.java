package org.strowger.proxy.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import org.strowger.proxy.routing.Target;

/** Makes the encrypted end of a connection to an {@code https} backend. */
@FunctionalInterface
public interface BackendTls {
    ChannelHandler handler(Channel channel, Target backend);
}
