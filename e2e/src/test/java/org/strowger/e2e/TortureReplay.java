package org.strowger.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.strowger.sip.Transport;

/**
 * Sends every message of a directory through the packaged program and says what became of it, one line each. To be run
 * inside a {@link NetworkNamespace}, because the messages of RFC 4475 and RFC 5118 name real networks.
 *
 * <p>Arguments: the directory and the transport. A line reads {@code forwarded}, {@code answered CODE} or {@code silent},
 * and the file; what was forwarded must equal what was sent but for {@link RoutingHeaders}. Exit code 1 when it did not, or
 * when the program stopped answering.
 */
final class TortureReplay {
    private static final Pattern CALL_ID = Pattern.compile("(?im)^(?:call-id|i)[ \\t]*:\\s*(\\S+)");
    private static final int WAIT_MILLIS = 300;

    private final Loopback net = Loopback.of(TortureReplay.class);
    private final Transport transport;

    private TortureReplay(Transport transport) {
        this.transport = transport;
    }

    public static void main(String[] arguments) throws IOException {
        Transport transport = Transport.valueOf(arguments[1].toUpperCase(Locale.ROOT));
        System.exit(new TortureReplay(transport).run(Path.of(arguments[0])) ? 0 : 1);
    }

    private boolean run(Path corpus) throws IOException {
        String backend = Endpoint.of(Transport.UDP, net.backend(1)).backend();
        boolean good = true;
        try (DatagramSocket sink = new DatagramSocket(new InetSocketAddress(net.backend(1), 5060));
                DatagramSocket client = new DatagramSocket(new InetSocketAddress(net.client(1), 5060));
                ProxyProcess proxy =
                        ProxyProcess.start(RunDirectory.create("torture"), net, """
                        listeners {
                          front-udp { transport = udp, bind = "%1$s:5060" }
                          front-tcp { transport = tcp, bind = "%1$s:5060" }
                        }
                        pools { sink { backends = ["%2$s"], balance = round-robin } }
                        rules = [ { pool = sink } ]
                        """.formatted(net.proxy(), backend))) {
            sink.setSoTimeout(WAIT_MILLIS);
            client.setSoTimeout(WAIT_MILLIS);
            for (Path file : messages(corpus)) {
                good &= replay(file, client, sink);
            }
            good &= proxy.get("/live") != null;
        }
        return good;
    }

    private static List<Path> messages(Path corpus) throws IOException {
        try (Stream<Path> files = Files.walk(corpus)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private boolean replay(Path file, DatagramSocket client, DatagramSocket sink) throws IOException {
        byte[] sent = Files.readAllBytes(file);
        Optional<byte[]> forwarded;
        Optional<byte[]> answer;
        InetSocketAddress proxy = new InetSocketAddress(net.proxy(), 5060);
        if (transport == Transport.TCP) {
            try (Socket socket = new Socket(proxy.getAddress(), proxy.getPort())) {
                socket.setSoTimeout(WAIT_MILLIS);
                socket.getOutputStream().write(sent);
                forwarded = receive(sink, sent);
                answer = forwarded.isPresent() ? Optional.empty() : read(socket);
            }
        } else {
            client.send(new DatagramPacket(sent, sent.length, proxy));
            forwarded = receive(sink, sent);
            answer = forwarded.isPresent() ? Optional.empty() : receive(client, sent);
        }
        boolean untouched = forwarded
                .map(bytes -> RoutingHeaders.without(bytes).equals(RoutingHeaders.without(sent)))
                .orElse(true);
        String verdict = forwarded.isPresent()
                ? "forwarded"
                : answer.map(bytes -> "answered " + statusCode(bytes)).orElse("silent");
        System.out.println(verdict + (untouched ? " " : " CHANGED ") + file.getFileName());
        return untouched;
    }

    private static String callId(byte[] message) {
        var matcher = CALL_ID.matcher(new String(message, ISO_8859_1));
        return matcher.find() ? matcher.group(1) : "";
    }

    private static String statusCode(byte[] answer) {
        String text = new String(answer, ISO_8859_1);
        return text.startsWith("SIP/2.0 ") && text.length() >= 11 ? text.substring(8, 11) : "strangely";
    }

    /** The next datagram of the same call: what belongs to an earlier message is passed over. */
    private static Optional<byte[]> receive(DatagramSocket socket, byte[] sent) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        try {
            while (true) {
                socket.receive(packet);
                byte[] bytes = Arrays.copyOf(packet.getData(), packet.getLength());
                if (callId(bytes).equals(callId(sent))) {
                    return Optional.of(bytes);
                }
            }
        } catch (SocketTimeoutException nothing) {
            return Optional.empty();
        }
    }

    private static Optional<byte[]> read(Socket socket) throws IOException {
        byte[] buffer = new byte[65_535];
        try {
            int length = socket.getInputStream().read(buffer);
            return length <= 0 ? Optional.empty() : Optional.of(Arrays.copyOf(buffer, length));
        } catch (SocketTimeoutException nothing) {
            return Optional.empty();
        }
    }
}
