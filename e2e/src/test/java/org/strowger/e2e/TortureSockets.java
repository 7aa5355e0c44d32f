package org.strowger.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** The sockets of client and backend on one thread, so that what came first is seen first. */
final class TortureSockets implements AutoCloseable {
    /** One message, or what came in front of the end of a connection. */
    record Arrival(Peer at, String text) {}

    /** Where something came in, and can be answered: a connection, or a datagram socket and the sender's address. */
    record Peer(SelectableChannel channel, SocketAddress from) {}

    /** What came in on a connection and is no whole message yet. */
    private static final class Pending {
        private String text = "";
    }

    private final Selector selector;
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 17);

    TortureSockets() throws IOException {
        selector = Selector.open();
    }

    /** A socket for datagrams. */
    DatagramChannel datagrams(InetSocketAddress local) throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        channel.bind(local);
        return register(channel, SelectionKey.OP_READ);
    }

    void listen(InetSocketAddress local) throws IOException {
        register(ServerSocketChannel.open().bind(local), SelectionKey.OP_ACCEPT);
    }

    SocketChannel connect(InetSocketAddress remote) throws IOException {
        return register(SocketChannel.open(remote), SelectionKey.OP_READ);
    }

    private <T extends SelectableChannel> T register(T channel, int operation) throws IOException {
        channel.configureBlocking(false);
        channel.register(selector, operation, new Pending());
        return channel;
    }

    /** Sends it all; a connection that the other side has ended takes it, too. */
    void send(Peer to, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(ISO_8859_1));
        if (to.channel() instanceof DatagramChannel datagrams) {
            datagrams.send(bytes, to.from());
            return;
        }
        try {
            while (bytes.hasRemaining()) {
                ((SocketChannel) to.channel()).write(bytes);
            }
        } catch (IOException ended) {
            // Its end is seen when it is read.
        }
    }

    /** What comes in; returns as soon as there is something, or after that time. Closes what the other side has closed. */
    List<Arrival> receive(long millis) throws IOException {
        List<Arrival> arrivals = new ArrayList<>();
        selector.select(Math.max(1, millis));
        for (SelectionKey key : selector.selectedKeys()) {
            if (key.channel() instanceof ServerSocketChannel server) {
                register(server.accept(), SelectionKey.OP_READ);
            } else if (key.channel() instanceof DatagramChannel datagrams) {
                datagram(datagrams, arrivals);
            } else {
                stream((SocketChannel) key.channel(), (Pending) key.attachment(), arrivals);
            }
        }
        selector.selectedKeys().clear();
        return arrivals;
    }

    private void datagram(DatagramChannel channel, List<Arrival> arrivals) throws IOException {
        buffer.clear();
        for (SocketAddress from = channel.receive(buffer); from != null; from = channel.receive(buffer)) {
            arrivals.add(new Arrival(new Peer(channel, from), drain()));
        }
    }

    private void stream(SocketChannel channel, Pending pending, List<Arrival> arrivals) throws IOException {
        Peer peer = new Peer(channel, channel.socket().getRemoteSocketAddress());
        buffer.clear();
        if (read(channel) < 0) {
            channel.close();
            if (!pending.text.isEmpty()) {
                arrivals.add(new Arrival(peer, pending.text));
            }
            return;
        }
        WireMessage.Cut cut = WireMessage.cutStream(pending.text + drain());
        cut.whole().forEach(message -> arrivals.add(new Arrival(peer, message)));
        pending.text = cut.rest();
    }

    private int read(SocketChannel channel) {
        try {
            return channel.read(buffer);
        } catch (IOException reset) {
            return -1;
        }
    }

    private String drain() {
        buffer.flip();
        String text = ISO_8859_1.decode(buffer).toString();
        buffer.clear();
        return text;
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
