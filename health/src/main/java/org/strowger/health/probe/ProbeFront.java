package org.strowger.health.probe;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import org.strowger.sip.stream.FrameLimits;
import org.strowger.sip.stream.SipFrameDecoder;
import org.strowger.sip.stream.SipFramer;

/**
 * What stands between a probe and its connection: nothing, TLS, a WebSocket, or both. The probe behind it is the same.
 * Shared by all connections of a prober; on the probing thread.
 */
public interface ProbeFront {
    /** The bare connection. */
    ProbeFront NONE = (fresh, remote) -> fresh.newSucceededFuture();

    /**
     * Appends its handlers to a connection that is not open yet; those of the probe follow.
     *
     * @return done when the probe may speak, at the latest when the connection ends; its failure, for people, is the
     *     probe's. Until then the probe's handlers are not to see any message.
     */
    Future<?> install(Channel fresh, InetSocketAddress remote);

    /**
     * What cuts the bytes behind the front into SIP messages, for {@code sink}.
     *
     * @param scratch room for bytes, shared by the connections of the thread
     */
    default ChannelHandler framing(FrameLimits limits, byte[] scratch, SipFramer.Sink sink) {
        return new SipFrameDecoder(limits, scratch, sink);
    }
}
