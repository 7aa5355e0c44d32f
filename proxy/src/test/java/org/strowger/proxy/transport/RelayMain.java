package org.strowger.proxy.transport;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.strowger.sip.IpPort;

/**
 * The least a UDP proxy can do, over one of the engines: a datagram that begins with 'S' (a response) goes to the client
 * that sent the last request, any other to the server. For measuring an engine against the same relay written in C.
 *
 * <p>Arguments: {@code native|netty one|two LISTEN_PORT SERVER_PORT}: with {@code two} the server side has a socket of
 * its own.
 */
final class RelayMain {

    private RelayMain() {}

    public static void main(String[] arguments) throws Exception {
        DatagramEngine engine =
                arguments[0].equals("native") ? DatagramEngines.nativeEngine() : DatagramEngines.netty();
        DatagramOptions options = new DatagramOptions(8 << 20, 8 << 20, 65_535, 64, 0);
        EventLoop loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()).next();
        IpPort server =
                IpPort.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[3])));
        Relay relay = new Relay(server);
        DatagramPort clients = engine.open(
                loop,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[2])),
                options,
                relay);
        DatagramPort servers = arguments[1].equals("one")
                ? clients
                : engine.open(loop, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), options, relay);
        loop.execute(() -> {
            relay.clients = clients;
            relay.servers = servers;
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            for (DatagramPort port : clients == servers ? List.of(clients) : List.of(clients, servers)) {
                DatagramCounters c = port.counters();
                System.out.printf(
                        "%s %s: received %d (%.2f a read), sent %d (%.2f a write)%n",
                        engine.description(),
                        port.localAddress(),
                        c.received(),
                        (double) c.received() / Math.max(1, c.readBatches()),
                        c.sent(),
                        (double) c.sent() / Math.max(1, c.writeBatches()));
            }
        }));
    }

    /** Forwards by the first byte. */
    private static final class Relay implements DatagramHandler {
        private final IpPort server;
        private final IpPort client = new IpPort();
        private @Nullable DatagramPort clients;
        private @Nullable DatagramPort servers;

        Relay(IpPort server) {
            this.server = server;
        }

        @Override
        public void onDatagram(DatagramPort port, byte[] bytes, int length, IpPort source) {
            if (clients == null || servers == null) {
                return;
            }
            if (bytes[0] == 'S') {
                clients.send(bytes, 0, length, client);
            } else {
                client.set(source);
                servers.send(bytes, 0, length, server);
            }
        }

        @Override
        public void onIcmpError(DatagramPort port, IpPort peer, int errno) {}

        @Override
        public void onReadComplete() {
            if (clients != null && servers != null) {
                clients.flush();
                servers.flush();
            }
        }
    }
}
