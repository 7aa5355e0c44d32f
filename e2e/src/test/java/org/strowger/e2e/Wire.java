package org.strowger.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.util.CharsetUtil;
import java.net.InetSocketAddress;
import java.util.Locale;
import org.strowger.sip.Transport;

/**
 * One way to one peer of SIP: a connection, or a socket of UDP with an address. Over WebSocket every other message that is
 * UTF-8 goes as text, all others as binary, one message in one frame.
 */
final class Wire {
    private final Channel channel;
    private final Transport transport;
    private final String sentBy;
    private final InetSocketAddress remote;
    private int sent;
    private volatile int closeCode;

    /** @param sentBy of Via and Contact */
    Wire(Channel channel, Transport transport, String sentBy, InetSocketAddress remote) {
        this.channel = channel;
        this.transport = transport;
        this.sentBy = sentBy;
        this.remote = remote;
    }

    /** Who takes what arrives; on the event loop of the {@link Wires}. */
    interface Taker {
        void take(Wire wire, WireMessage message);

        /** The connection is gone. */
        void ended(Wire wire);
    }

    Transport transport() {
        return transport;
    }

    Channel channel() {
        return channel;
    }

    String via(String branch) {
        return "SIP/2.0/" + transport + " " + sentBy + ";branch=" + branch + ";rport";
    }

    /** The URI at which this end is reached: by its connection only, where that is a WebSocket. */
    String contact() {
        String parameter = transport == Transport.WSS ? "ws" : transport.name().toLowerCase(Locale.ROOT);
        return "sip:agent@" + sentBy + ";transport=" + parameter;
    }

    /** True for the same connection or socket. */
    boolean same(Wire other) {
        return channel == other.channel;
    }

    /** The way to the first Route: a datagram goes to its address, everything else stays on its connection. */
    Wire towards(String route) {
        if (transport != Transport.UDP) {
            return this;
        }
        String hostPort = route.replaceAll("^<?sip:(?:[^@>]*@)?([^;>]*).*$", "$1");
        int colon = hostPort.lastIndexOf(':');
        InetSocketAddress to =
                new InetSocketAddress(hostPort.substring(0, colon), Integer.parseInt(hostPort.substring(colon + 1)));
        return new Wire(channel, transport, sentBy, to);
    }

    /** Sends a message, of which each char is a byte. */
    void send(String message) {
        ByteBuf bytes = Unpooled.wrappedBuffer(message.getBytes(ISO_8859_1));
        Object out = switch (transport) {
            case UDP -> new DatagramPacket(bytes, remote);
            case TCP, TLS -> bytes;
            case WS, WSS ->
                sent++ % 2 == 0 && ByteBufUtil.isText(bytes, CharsetUtil.UTF_8)
                        ? new TextWebSocketFrame(bytes)
                        : new BinaryWebSocketFrame(bytes);
        };
        var unused = channel.writeAndFlush(out);
    }

    /** Ends the connection with a word of farewell, where there is one. */
    void close() {
        channel.close().syncUninterruptibly();
    }

    /** Ends it by a FIN, and no word. */
    void drop() {
        channel.eventLoop()
                .submit(() -> channel.unsafe().close(channel.newPromise()))
                .syncUninterruptibly();
    }

    /** Ends it by a RST. */
    void reset() {
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        drop();
    }

    /** Reads nothing more, and so answers no ping: as a phone that has lost its network, which nobody tells. */
    void fallSilent() {
        channel.config().setAutoRead(false);
    }

    void closedWith(int code) {
        closeCode = code;
    }

    /** What the other side said when it ended a WebSocket; 0 as long as it has not. */
    int closeCode() {
        return closeCode;
    }

    @Override
    public String toString() {
        return transport + " " + channel;
    }
}
