package org.strowger.e2e;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.strowger.e2e.TortureSockets.Arrival;
import org.strowger.e2e.TortureSockets.Peer;

/**
 * One message on its way. After it goes an ordinary request by the same socket, which the proxy must forward and the
 * backend answers: because either side sees things in order, all that the proxy does with the message has been seen when
 * that answer is there, and nothing has to be waited for.
 */
final class TortureRun {
    /** The reason phrase that tells the backend's answers from the proxy's own. */
    private static final String FROM_BACKEND = "SIP/2.0 200 From the backend\r\n";

    private static final Pattern TOP_VIA_PORT =
            Pattern.compile("(?is)\r\n(?:via|v)\\s*:[^;]*?\\S:\\s*(\\d{4,5})\\s*[;,\r]");
    private static final long ANSWER_WITHIN_MILLIS = 10_000;
    private static final int LONGEST_FILLER = 60_000;

    private final TortureSockets sockets;
    private final TortureWay way;
    private final InetSocketAddress client;
    private final InetSocketAddress proxy;
    private final List<WireMessage> forwarded = new ArrayList<>();
    private final List<WireMessage> answers = new ArrayList<>();
    private final List<WireMessage> relayed = new ArrayList<>();
    private final List<WireMessage> fromBackend = new ArrayList<>();
    private final List<DatagramChannel> extra = new ArrayList<>();
    private final String barrier;
    private boolean passedThrough;

    /**
     * @param client the address to send datagrams from
     * @param number of the run: tells its requests from those of other runs
     */
    TortureRun(TortureSockets sockets, TortureWay way, InetSocketAddress client, InetSocketAddress proxy, int number) {
        this.sockets = sockets;
        this.way = way;
        this.client = client;
        this.proxy = proxy;
        this.barrier = "alive-" + number;
    }

    /** Sends the message and says what became of it. {@code datagrams} is bound to the client's address. */
    TortureOutcome send(DatagramChannel datagrams, String name, String sent) throws IOException {
        if (way.client().isDatagram()) {
            bindSentBy(sent);
            Peer to = new Peer(datagrams, proxy);
            sockets.send(to, sent);
            passThrough(to);
            closeExtra();
            return outcome(name, TortureCase.Connection.STAYS, sent);
        }
        return sendOnConnection(name, sent);
    }

    private TortureOutcome sendOnConnection(String name, String sent) throws IOException {
        WireMessage.Cut cut = WireMessage.cutStream(sent);
        boolean waits = false;
        String filler = "";
        Peer to = connect();
        sockets.send(to, sent);
        if (cut.missing() > 0 && cut.missing() < LONGEST_FILLER) {
            passThroughAnother();
            waits = forwarded.isEmpty() && answers.isEmpty() && to.channel().isOpen();
            filler = "x".repeat(cut.missing());
            sockets.send(to, filler);
        }
        if (cut.missing() >= 0) {
            passThrough(to);
        }
        boolean ended = cut.missing() < 0 || !to.channel().isOpen();
        if (ended) {
            awaitEnd(to, cut.whole().size());
            ended = !to.channel().isOpen();
            passThroughAnother();
        }
        to.channel().close();
        TortureCase.Connection stays = waits ? TortureCase.Connection.WAITS : TortureCase.Connection.STAYS;
        return outcome(name, ended ? TortureCase.Connection.ENDS : stays, sent + filler);
    }

    private TortureOutcome outcome(String name, TortureCase.Connection connection, String sent) {
        String statuses =
                String.join(",", answers.stream().map(WireMessage::status).toList());
        return new TortureOutcome(
                way, name, forwarded.size(), relayed.size(), statuses, connection, passedThrough, difference(sent));
    }

    private Peer connect() throws IOException {
        return new Peer(sockets.connect(proxy), proxy);
    }

    /** Without rport an answer goes to the port in the top Via (RFC 3261 section 18.2.2). */
    private void bindSentBy(String sent) throws IOException {
        Matcher matcher = TOP_VIA_PORT.matcher(sent);
        int port = matcher.find() ? Integer.parseInt(matcher.group(1)) : client.getPort();
        if (port != client.getPort() && port < 65_536) {
            extra.add(sockets.datagrams(new InetSocketAddress(client.getAddress(), port)));
        }
    }

    private void closeExtra() throws IOException {
        for (DatagramChannel channel : extra) {
            channel.close();
        }
    }

    /** Sends the ordinary request, and takes all that comes in until its answer does. */
    private void passThrough(Peer to) throws IOException {
        passedThrough = false;
        InetSocketAddress from = way.client().isDatagram()
                ? client
                : (InetSocketAddress) ((java.nio.channels.SocketChannel) to.channel()).getLocalAddress();
        sockets.send(to, ordinary(from));
        long deadline = System.nanoTime() + ANSWER_WITHIN_MILLIS * 1_000_000;
        while (!passedThrough && to.channel().isOpen() && System.nanoTime() < deadline) {
            takeIn(deadline);
        }
    }

    private void passThroughAnother() throws IOException {
        Peer another = connect();
        passThrough(another);
        another.channel().close();
    }

    /**
     * No request can follow: takes what comes in until the proxy has given the connection up and the messages in front of
     * what broke it have arrived.
     */
    private void awaitEnd(Peer to, int messages) throws IOException {
        long deadline = System.nanoTime() + ANSWER_WITHIN_MILLIS * 1_000_000;
        while ((to.channel().isOpen() || forwarded.size() + answers.size() < messages)
                && System.nanoTime() < deadline) {
            takeIn(deadline);
        }
    }

    private String ordinary(InetSocketAddress from) {
        String sentBy = from.getAddress().getHostAddress() + ":" + from.getPort();
        return String.join(
                "\r\n",
                "OPTIONS sip:anybody@example.com SIP/2.0",
                "Via: SIP/2.0/" + way.client() + " " + sentBy + ";branch=z9hG4bK" + barrier + ";rport",
                "From: <sip:tester@example.com>;tag=" + barrier,
                "To: <sip:anybody@example.com>",
                "Call-ID: " + barrier,
                "CSeq: 1 OPTIONS",
                "Max-Forwards: 20",
                "Content-Length: 0",
                "",
                "");
    }

    private void takeIn(long deadlineNanos) throws IOException {
        for (Arrival arrival : sockets.receive((deadlineNanos - System.nanoTime()) / 1_000_000)) {
            WireMessage message = WireMessage.read(arrival.text());
            boolean ordinary = message.callId().equals(barrier);
            if (message.isRequest()) {
                atBackend(arrival.at(), message, ordinary);
            } else if (ordinary) {
                passedThrough = true;
            } else {
                (message.startLine().equals(FROM_BACKEND) ? relayed : answers).add(message);
            }
        }
    }

    private void atBackend(Peer at, WireMessage request, boolean ordinary) throws IOException {
        WireMessage answer = WireMessage.read(answer(request));
        if (!ordinary) {
            forwarded.add(request);
            fromBackend.add(answer);
        }
        if (!request.startLine().startsWith("ACK ")) {
            sockets.send(at, answer(request));
        }
    }

    private static String answer(WireMessage request) {
        StringBuilder text = new StringBuilder(FROM_BACKEND);
        for (WireMessage.Header header : request.headers()) {
            switch (header.name()) {
                case "via", "from", "call-id", "cseq", "record-route" -> text.append(header.text());
                case "to" ->
                    text.append(header.text().stripTrailing())
                            .append(header.text().matches("(?is).*;\\s*tag\\s*=.*") ? "" : ";tag=backend")
                            .append("\r\n");
                default -> {}
            }
        }
        return text.append("Content-Length: 0\r\n\r\n").toString();
    }

    private String difference(String sent) {
        boolean datagram = way.client().isDatagram();
        List<String> parts = (datagram ? WireMessage.cutDatagram(sent) : WireMessage.cutStream(sent)).whole();
        String difference = "";
        for (int i = 0; difference.isEmpty() && i < Math.min(parts.size(), forwarded.size()); i++) {
            WireMessage request = WireMessage.read(parts.get(i));
            difference =
                    Untouched.request(request, forwarded.get(i), !way.backend().isDatagram());
            if (difference.isEmpty() && i < relayed.size()) {
                difference = Untouched.response(request, fromBackend.get(i), relayed.get(i));
            }
        }
        if (difference.isEmpty() && !answers.isEmpty()) {
            difference = Untouched.answer(WireMessage.read(sent), answers.get(0));
        }
        return difference;
    }
}
