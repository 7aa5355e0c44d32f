package org.strowger.proxy.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Over UDP; sends to where the last message came from, or to a given address. */
public final class UdpPeer extends SipPeer {
    private final DatagramSocket socket;
    private volatile SocketAddress other = new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);

    public UdpPeer() throws IOException {
        socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::read);
        thread.setDaemon(true);
        thread.start();
    }

    public int port() {
        return socket.getLocalPort();
    }

    public void sendTo(SocketAddress to) {
        other = to;
    }

    private void read() {
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        try {
            while (true) {
                packet.setLength(65_535);
                socket.receive(packet);
                other = packet.getSocketAddress();
                arrived(new String(packet.getData(), 0, packet.getLength(), UTF_8));
            }
        } catch (IOException e) {
            return; // closed
        }
    }

    @Override
    public void send(String message) {
        byte[] bytes = message.getBytes(UTF_8);
        try {
            socket.send(new DatagramPacket(bytes, bytes.length, other));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
