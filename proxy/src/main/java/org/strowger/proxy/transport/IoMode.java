package org.strowger.proxy.transport;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;

/** How event loops wait for sockets: Linux epoll, or the JDK's selector elsewhere. */
public enum IoMode {
    EPOLL,
    NIO;

    /** Epoll where its native library loads. */
    public static IoMode best() {
        return Epoll.isAvailable() ? EPOLL : NIO;
    }

    /** The mode that a loop was started in. */
    public static IoMode of(EventLoop loop) {
        return loop instanceof IoEventLoop io && io.isCompatible(EpollIoHandle.class) ? EPOLL : NIO;
    }

    /** What makes an event loop wait in this mode. */
    public IoHandlerFactory handlerFactory() {
        return this == EPOLL ? LastingEpoll.newFactory() : NioIoHandler.newFactory();
    }

    /** What listens for connections in this mode. */
    public Class<? extends ServerSocketChannel> serverChannel() {
        return this == EPOLL ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    /** A fresh unbound datagram channel; throws ChannelException when no file descriptor is left. */
    public DatagramChannel newDatagramChannel() {
        return this == EPOLL ? new EpollDatagramChannel() : new NioDatagramChannel();
    }

    /** A fresh unconnected channel; throws ChannelException when no file descriptor is left. */
    public SocketChannel newChannel() {
        return this == EPOLL ? new EpollSocketChannel() : new NioSocketChannel();
    }
}
