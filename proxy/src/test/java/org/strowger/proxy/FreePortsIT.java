package org.strowger.proxy;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.strowger.proxy.config.Advertise;
import org.strowger.proxy.config.ListenerConfig;
import org.strowger.proxy.config.ProxyProtocolConfig;
import org.strowger.proxy.config.Side;
import org.strowger.sip.Transport;

/** Whether a port that somebody has is noticed, even where the kernel would let us share it. */
final class FreePortsIT {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    @Test
    void aUdpPortThatWouldBeSharedIsNotFree() throws IOException {
        try (DatagramChannel other = DatagramChannel.open(StandardProtocolFamily.INET)) {
            other.setOption(StandardSocketOptions.SO_REUSEPORT, true).bind(new InetSocketAddress(LOOPBACK, 0));
            InetSocketAddress taken = (InetSocketAddress) other.getLocalAddress();
            assertThatIOException()
                    .isThrownBy(() -> FreePorts.check(List.of(listener(Transport.UDP, taken)), 2))
                    .withMessageStartingWith("listeners.public.bind: 127.0.0.1:" + taken.getPort() + ": ");
        }
    }

    @Test
    void aTcpPortThatWouldBeSharedIsNotFreeUntilItIsClosed() throws IOException {
        InetSocketAddress taken;
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.INET)) {
            other.setOption(StandardSocketOptions.SO_REUSEPORT, true).bind(new InetSocketAddress(LOOPBACK, 0));
            taken = (InetSocketAddress) other.getLocalAddress();
            assertThatIOException().isThrownBy(() -> FreePorts.check(List.of(listener(Transport.TCP, taken)), 2));
        }
        List<ListenerConfig> listeners = List.of(listener(Transport.TCP, taken));
        assertThatCode(() -> FreePorts.check(listeners, 2)).doesNotThrowAnyException();
    }

    @Test
    void anAddressThatIsToComeAndAPortOfTheKernelsChoiceAreNotTried() {
        List<ListenerConfig> listeners = List.of(
                listener(Transport.UDP, new InetSocketAddress("192.0.2.77", 5060)),
                listener(Transport.TCP, new InetSocketAddress(LOOPBACK, 0)));
        assertThatCode(() -> FreePorts.check(listeners, 2)).doesNotThrowAnyException();
    }

    private static ListenerConfig listener(Transport transport, InetSocketAddress bind) {
        return new ListenerConfig(
                "public",
                transport,
                bind,
                new Advertise.Auto(),
                Side.EXTERNAL,
                false,
                10,
                Duration.ZERO,
                java.util.Optional.empty(),
                new ProxyProtocolConfig(List.of(), ProxyProtocolConfig.Others.PLAIN, Duration.ofSeconds(3)),
                List.of());
    }
}
