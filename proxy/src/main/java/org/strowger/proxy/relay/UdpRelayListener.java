package org.strowger.proxy.relay;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.strowger.proxy.transport.DatagramEngine;
import org.strowger.proxy.transport.DatagramOptions;
import org.strowger.proxy.transport.DatagramPort;
import org.strowger.threading.RunsOn;

/** A UDP address whose datagrams are passed on: one socket per event loop under SO_REUSEPORT. */
@RunsOn(RunsOn.Runner.ANY)
public final class UdpRelayListener implements RelayListener {
    private final List<UdpRelay> relays = new ArrayList<>();
    private InetSocketAddress localAddress;

    private UdpRelayListener(InetSocketAddress bind) {
        this.localAddress = bind;
    }

    /**
     * Opens the address on all loops; datagrams are dropped until {@link #accept}. Not to be called on a loop.
     *
     * @throws IOException when the address cannot be bound; the message names the address and the cause
     */
    public static UdpRelayListener prepare(
            DatagramEngine engine,
            List<RelayLoop> perLoop,
            Place place,
            UdpRelayOptions options,
            DatagramOptions sockets,
            long salt)
            throws IOException {
        UdpRelayListener listener = new UdpRelayListener(place.bind());
        try {
            for (RelayLoop loop : perLoop) {
                UdpRelay relay = new UdpRelay(loop, place.name(), perLoop.size(), options, salt);
                DatagramPort port = engine.open(loop.loop(), listener.localAddress, sockets, relay);
                listener.localAddress = port.localAddress();
                loop.loop().submit(() -> relay.open(port)).syncUninterruptibly();
                listener.relays.add(relay);
            }
        } catch (IOException e) {
            listener.close();
            throw e;
        }
        return listener;
    }

    @Override
    public void accept() {
        relays.forEach(relay -> relay.loop().loop().submit(relay::serve).syncUninterruptibly());
    }

    @Override
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    @Override
    public int open() {
        return relays.stream().mapToInt(UdpRelay::open).sum();
    }

    @Override
    public void close() {
        relays.forEach(relay -> relay.loop().loop().submit(relay::close).syncUninterruptibly());
    }
}
