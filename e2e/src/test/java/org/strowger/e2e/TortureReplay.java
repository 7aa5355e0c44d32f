package org.strowger.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.strowger.sip.Transport;

/**
 * Sends the messages of the files that are named in a list through the packaged program, each {@link TortureWay} in turn,
 * and prints a {@link TortureOutcome} for each. Runs only in a {@link NetworkNamespace}: the messages of RFC 4475 and
 * RFC 5118 name real networks.
 */
final class TortureReplay {
    private final Loopback net = Loopback.of(TortureReplay.class);
    private int runs;

    private TortureReplay() {}

    /** Argument: a file with the path of one message in each line. */
    public static void main(String[] arguments) throws IOException {
        for (NetworkInterface each : NetworkInterface.networkInterfaces().toList()) {
            if (each.isUp() && !each.isLoopback()) {
                System.out.println(each.getName() + " is up (expected: nothing but lo, in a namespace)");
                System.exit(2);
            }
        }
        new TortureReplay().run(Files.readAllLines(Path.of(arguments[0])));
    }

    private void run(List<String> files) throws IOException {
        try (TortureSockets sockets = new TortureSockets();
                ProxyProcess proxy = ProxyProcess.start(RunDirectory.create("torture"), net, settings())) {
            InetSocketAddress client = new InetSocketAddress(net.client(1), 5060);
            DatagramChannel datagrams = sockets.datagrams(client);
            sockets.datagrams(new InetSocketAddress(net.backend(1), 5060));
            sockets.listen(new InetSocketAddress(net.backend(1), 5060));
            for (TortureWay way : TortureWay.values()) {
                InetSocketAddress to = new InetSocketAddress(net.proxy(), way.port());
                for (String file : files) {
                    String sent = Files.readString(Path.of(file), ISO_8859_1);
                    TortureRun run = new TortureRun(sockets, way, client, to, ++runs);
                    System.out.println(run.send(datagrams, file, sent).line());
                }
            }
            System.out.println("live: " + proxy.get("/live"));
        }
    }

    private String settings() {
        return """
                listeners {
                  udp-udp { transport = udp, bind = "%1$s:%2$d" }
                  tcp-tcp { transport = tcp, bind = "%1$s:%2$d" }
                  udp-tcp { transport = udp, bind = "%1$s:%3$d" }
                  tcp-udp { transport = tcp, bind = "%1$s:%3$d" }
                }
                pools {
                  udp { backends = ["%4$s"], balance = round-robin, health.probe = none, redispatch.budget = "0%%" }
                  tcp { backends = ["%5$s"], balance = round-robin, health.probe = none, redispatch.budget = "0%%" }
                }
                rules = [
                  { listener = tcp-tcp, pool = tcp }
                  { listener = udp-tcp, pool = tcp }
                  { pool = udp }
                ]
                """.formatted(
                        net.proxy(),
                        TortureWay.UDP_UDP.port(),
                        TortureWay.UDP_TCP.port(),
                        Endpoint.of(Transport.UDP, net.backend(1)).backend(),
                        Endpoint.of(Transport.TCP, net.backend(1)).backend());
    }
}
