package org.strowger.proxy.demo;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.strowger.sip.Transport;

/**
 * Settings of the demo.
 *
 * @param host address of everything it opens
 * @param port preferred SIP port; when it is taken, the next free one is used
 * @param backends transport towards each backend, one backend for each
 * @param callsPerSecond new calls a second
 * @param talk time between the answer and the BYE of a call
 * @param length how long it runs, or until it is stopped
 */
public record DemoOptions(
        InetAddress host,
        int port,
        List<Transport> backends,
        int callsPerSecond,
        Duration talk,
        Optional<Duration> length) {

    public DemoOptions {
        backends = List.copyOf(backends);
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
        }
        if (backends.isEmpty() || !List.of(Transport.UDP, Transport.TCP).containsAll(backends)) {
            throw new IllegalArgumentException("backends: " + backends + " (expected: UDP or TCP, one or more)");
        }
    }

    /** Three backends, one of them over TCP; 20 calls a second of 3 seconds each; on loopback, port 5060 if it is free. */
    public static DemoOptions defaults() {
        return new DemoOptions(
                InetAddress.getLoopbackAddress(),
                5060,
                List.of(Transport.UDP, Transport.UDP, Transport.TCP),
                20,
                Duration.ofSeconds(3),
                Optional.empty());
    }

    public DemoOptions withLength(Duration newLength) {
        return new DemoOptions(host, port, backends, callsPerSecond, talk, Optional.of(newLength));
    }

    public DemoOptions withCallsPerSecond(int newRate) {
        return new DemoOptions(host, port, backends, newRate, talk, length);
    }

    public DemoOptions withPort(int newPort) {
        return new DemoOptions(host, newPort, backends, callsPerSecond, talk, length);
    }
}
