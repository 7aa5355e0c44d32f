package org.strowger.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.function.BiConsumer;

/** A UDP socket with a thread that reads it: SIP messages as text, in and out. */
final class Datagrams implements AutoCloseable {
    private static final int RECEIVE_BUFFER = 4 << 20;

    private final DatagramSocket socket;
    private final Thread receiver;

    /** Every message that comes is given to {@code taker}, on the thread that reads. */
    Datagrams(Endpoint at, BiConsumer<String, SocketAddress> taker) {
        try {
            socket = new DatagramSocket(new InetSocketAddress(InetAddress.getByName(at.address()), at.port()));
            socket.setReceiveBufferSize(RECEIVE_BUFFER);
        } catch (IOException e) {
            throw new UncheckedIOException(at.hostPort(), e);
        }
        receiver = new Thread(() -> receive(taker), "datagrams-" + at.hostPort());
        receiver.start();
    }

    private void receive(BiConsumer<String, SocketAddress> taker) {
        byte[] bytes = new byte[65_536];
        while (!socket.isClosed()) {
            DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
            try {
                socket.receive(packet);
            } catch (IOException closed) {
                return;
            }
            taker.accept(new String(bytes, 0, packet.getLength(), ISO_8859_1), packet.getSocketAddress());
        }
    }

    void send(String message, SocketAddress to) {
        byte[] bytes = message.getBytes(ISO_8859_1);
        try {
            socket.send(new DatagramPacket(bytes, bytes.length, to));
        } catch (IOException e) {
            if (!socket.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() {
        socket.close();
        try {
            receiver.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
