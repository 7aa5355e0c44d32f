package org.strowger.proxy.transport;

import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.LinuxSocket;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutionException;
import org.strowger.threading.RunsOn;

/**
 * UDP through recvmmsg, sendmmsg and the sockets' error queues, called through {@code java.lang.foreign} on Netty's
 * epoll event loops. Loaded by name from {@link DatagramEngines}: needs JDK 22 and 64-bit Linux.
 */
@RunsOn(RunsOn.Runner.ANY)
final class NativeDatagramEngine implements DatagramEngine {
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SOL_IP = 0;
    private static final int IP_FREEBIND = 15;
    private static final int SOL_IPV6 = 41;
    private static final int IPV6_V6ONLY = 26;

    /** Links the system calls now, so that what is missing is known before a socket is opened. */
    NativeDatagramEngine() {
        SystemCalls.ensureLinked();
        new NativeMemory(1).free();
    }

    @Override
    public String description() {
        return "recvmmsg/sendmmsg";
    }

    @Override
    public DatagramPort open(EventLoop loop, InetSocketAddress bind, DatagramOptions options, DatagramHandler handler)
            throws IOException {
        if (!(loop instanceof IoEventLoop ioLoop) || !ioLoop.isCompatible(NativeDatagramPort.class)) {
            throw new IOException(bind + ": loop: " + loop.getClass().getName() + " (expected: an epoll event loop)");
        }
        boolean ipv6 = bind.getAddress() instanceof Inet6Address;
        LinuxSocket socket = LinuxSocket.newSocketDgram(ipv6);
        try {
            prepare(socket, ipv6 ? SocketAddressFormat.IPV6 : SocketAddressFormat.IPV4, options);
            socket.bind(bind);
        } catch (IOException e) {
            socket.close();
            throw new IOException("UDP " + bind + ": " + e.getMessage(), e);
        }
        NativeDatagramPort port = new NativeDatagramPort(
                ioLoop, socket, ipv6 ? SocketAddressFormat.IPV6 : SocketAddressFormat.IPV4, options, handler);
        register(ioLoop, port);
        return port;
    }

    private static void prepare(LinuxSocket socket, SocketAddressFormat format, DatagramOptions options)
            throws IOException {
        socket.setReuseAddress(true);
        socket.setReusePort(true);
        socket.setIntOpt(SOL_IP, IP_FREEBIND, 1);
        if (format == SocketAddressFormat.IPV6) {
            // An IPv4 listener on the same port is a socket of its own.
            socket.setIntOpt(SOL_IPV6, IPV6_V6ONLY, 1);
        }
        socket.setIntOpt(format.level(), format.receiveErrors(), 1);
        try {
            socket.setIntOpt(SOL_SOCKET, SO_RCVBUFFORCE, options.receiveBufferBytes());
            socket.setIntOpt(SOL_SOCKET, SO_SNDBUFFORCE, options.sendBufferBytes());
        } catch (IOException | ChannelException notPrivileged) {
            // Without CAP_NET_ADMIN: as much as net.core.rmem_max grants.
            socket.setReceiveBufferSize(options.receiveBufferBytes());
            socket.setSendBufferSize(options.sendBufferBytes());
        }
    }

    private static void register(IoEventLoop loop, NativeDatagramPort port) throws IOException {
        try {
            if (loop.inEventLoop()) {
                port.start(loop.register(port).get());
            } else {
                IoRegistration registration = loop.register(port).get();
                loop.submit(() -> port.start(registration)).get();
            }
        } catch (ExecutionException e) {
            throw new IOException("UDP " + port.localAddress() + ": " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("UDP " + port.localAddress() + ": interrupted", e);
        }
    }
}
