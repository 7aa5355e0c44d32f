package org.strowger.proxy.config;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.strowger.discovery.Backend;
import org.strowger.discovery.Protocol;
import org.strowger.sip.IpPort;
import org.strowger.sip.IpText;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/** The forms of addresses: {@code 192.0.2.1:5060}, {@code [2001:db8::1]:5060}, with a transport before or a prefix length. */
@RunsOn(RunsOn.Runner.ANY)
final class AddressSyntax {
    /** The transports of SIP, for listeners and backends. */
    static final Map<String, Transport> TRANSPORTS = transports();

    private static final Map<String, Transport> HTTP_TRANSPORTS = Map.of("http", Transport.TCP, "https", Transport.TLS);

    private static final int NO_PORT = -1;
    private static final String BIND = "ip:port or [v6]:port, port 0..65535";
    private static final String BACKEND =
            "udp:ip[:port] | tcp:ip[:port] | tls:ip[:port] | ws:ip[:port][/path] | wss:ip[:port][/path]"
                    + " | http:ip[:port] | https:ip[:port], IPv6 in brackets";
    private static final String ADVERTISE = "ip | host name, then [:port], IPv6 in brackets";
    private static final String NETWORK = "ip | ip/prefix-length";
    private static final String SERVER = "ip[:port], IPv6 in brackets";

    private AddressSyntax() {}

    /** What a backend speaks, its transport and address, and the path of its WebSocket. */
    record TransportAddress(Protocol protocol, Transport transport, InetSocketAddress address, String path) {

        Backend backend(int weight, int priority, String zone) {
            return new Backend(protocol, transport, address, weight, priority, zone, path);
        }
    }

    /** Host and port as they were written; the port is -1 when there is none. */
    private record HostAndPort(String host, int port) {}

    static Syntax<InetSocketAddress> bind() {
        return Syntax.of(
                BIND,
                text -> split(text, BIND) instanceof Parsed.Ok<HostAndPort> ok
                                && ok.value().port() >= 0
                        ? literal(ok.value().host(), ok.value().port(), BIND)
                        : new Parsed.Bad<>(BIND));
    }

    static Syntax<InetSocketAddress> dnsServer() {
        return Syntax.of(SERVER, text -> {
            if (!(split(text, SERVER) instanceof Parsed.Ok<HostAndPort> ok)
                    || ok.value().port() == 0) {
                return new Parsed.Bad<>(SERVER);
            }
            int port = ok.value().port();
            return literal(ok.value().host(), port < 0 ? 53 : port, SERVER);
        });
    }

    static Syntax<Advertise> advertise() {
        Syntax<Advertise> fixed = Syntax.of(ADVERTISE, text -> {
            if (!(split(text, ADVERTISE) instanceof Parsed.Ok<HostAndPort> ok)
                    || ok.value().port() == 0) {
                return new Parsed.Bad<>(ADVERTISE);
            }
            String host = ok.value().host();
            if (!isHostName(host) && !(literal(host, 1, ADVERTISE) instanceof Parsed.Ok)) {
                return new Parsed.Bad<>(ADVERTISE);
            }
            return new Parsed.Ok<>(new Advertise.Fixed(host, Math.max(ok.value().port(), 0)));
        });
        return fixed.orWord("auto", new Advertise.Auto());
    }

    static Syntax<TransportAddress> backend() {
        return Syntax.of(BACKEND, text -> {
            int colon = text.indexOf(':');
            String word = colon < 0 ? text : text.substring(0, colon);
            Protocol protocol = HTTP_TRANSPORTS.containsKey(word) ? Protocol.HTTP : Protocol.SIP;
            Transport transport = protocol == Protocol.HTTP ? HTTP_TRANSPORTS.get(word) : TRANSPORTS.get(word);
            if (transport == null) {
                return new Parsed.Bad<>(BACKEND + Nearest.suggestion(word, TRANSPORTS.keySet()));
            }
            int slash = transport.isWebSocket() ? text.indexOf('/') : -1;
            String path = slash < 0 ? Backend.ROOT : text.substring(slash);
            if (colon < 0
                    || !ProbeKind.Http.isPath(path)
                    || !(split(text.substring(colon + 1, slash < 0 ? text.length() : slash), BACKEND)
                            instanceof Parsed.Ok<HostAndPort> ok)
                    || ok.value().port() == 0) {
                return new Parsed.Bad<>(BACKEND);
            }
            int usual = protocol == Protocol.SIP ? transport.defaultPort() : transport == Transport.TLS ? 443 : 80;
            int port = ok.value().port() < 0 ? usual : ok.value().port();
            return unicast(literal(ok.value().host(), port, BACKEND))
                    .map(address -> new TransportAddress(protocol, transport, address, path));
        });
    }

    static Syntax<Cidr> network() {
        return Syntax.of(NETWORK, text -> {
            int slash = text.indexOf('/');
            String host = slash < 0 ? text : text.substring(0, slash);
            IpPort address = new IpPort();
            if (!read(host, address)) {
                return new Parsed.Bad<>(NETWORK);
            }
            int bits = address.isIpv4() ? 32 : 128;
            int length = slash < 0 ? bits : number(text.substring(slash + 1), bits);
            if (length < 0) {
                return new Parsed.Bad<>(NETWORK + ", 0.." + bits);
            }
            Cidr network = Cidr.around(address, length + 128 - bits);
            return network.contains(address) && network.low() == address.low() && network.high() == address.high()
                    ? new Parsed.Ok<>(network)
                    : new Parsed.Bad<>("no bits behind the prefix; did you mean " + network + "?");
        });
    }

    private static Parsed<InetSocketAddress> unicast(Parsed<InetSocketAddress> parsed) {
        if (parsed instanceof Parsed.Ok<InetSocketAddress> ok
                && (ok.value().getAddress().isAnyLocalAddress()
                        || ok.value().getAddress().isMulticastAddress())) {
            return new Parsed.Bad<>("the address of one server");
        }
        return parsed;
    }

    private static Parsed<InetSocketAddress> literal(String host, int port, String expected) {
        IpPort address = new IpPort();
        if (read(host, address)) {
            address.setPort(port);
            return new Parsed.Ok<>(address.toSocketAddress());
        }
        return new Parsed.Bad<>(
                isHostName(host) ? expected + "; a literal address, host names are not looked up here" : expected);
    }

    /** Takes {@code host}, {@code host:port}, {@code [v6]} and {@code [v6]:port} apart; the host loses its brackets. */
    private static Parsed<HostAndPort> split(String text, String expected) {
        boolean bracketed = text.startsWith("[");
        int hostEnd = bracketed ? text.indexOf(']') : text.indexOf(':');
        if (bracketed && hostEnd < 0) {
            return new Parsed.Bad<>(expected);
        }
        String host = bracketed ? text.substring(1, hostEnd) : hostEnd < 0 ? text : text.substring(0, hostEnd);
        String rest = bracketed ? text.substring(hostEnd + 1) : hostEnd < 0 ? "" : text.substring(hostEnd);
        if (host.isEmpty() || bracketed != host.contains(":")) {
            return new Parsed.Bad<>(expected);
        }
        if (rest.isEmpty()) {
            return new Parsed.Ok<>(new HostAndPort(host, NO_PORT));
        }
        int port = rest.startsWith(":") ? number(rest.substring(1), 65_535) : -1;
        return port < 0 ? new Parsed.Bad<>(expected) : new Parsed.Ok<>(new HostAndPort(host, port));
    }

    private static boolean read(String host, IpPort out) {
        byte[] text = host.getBytes(StandardCharsets.US_ASCII);
        return !host.startsWith("[") && text.length <= 64 && IpText.readHost(text, 0, text.length, out);
    }

    /** A number of up to five digits, or -1. */
    private static int number(String digits, int max) {
        if (digits.isEmpty() || digits.length() > 5 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        int value = Integer.parseInt(digits);
        return value <= max ? value : -1;
    }

    /** RFC 3261 section 25.1: labels of letters, digits and hyphens, the last of which does not begin with a digit. */
    static boolean isHostName(String host) {
        if (host.isEmpty() || host.length() > 253) {
            return false;
        }
        String top = "";
        for (String label : host.split("\\.", -1)) {
            boolean good = label.length() <= 63
                    && !label.startsWith("-")
                    && !label.endsWith("-")
                    && label.chars().allMatch(c -> c == '-' || Syntax.isAsciiLetterOrDigit(c));
            if (!good || label.isEmpty()) {
                return false;
            }
            top = label;
        }
        return !Character.isDigit(top.charAt(0));
    }

    private static Map<String, Transport> transports() {
        Map<String, Transport> words = new LinkedHashMap<>();
        words.put("udp", Transport.UDP);
        words.put("tcp", Transport.TCP);
        words.put("tls", Transport.TLS);
        words.put("ws", Transport.WS);
        words.put("wss", Transport.WSS);
        return java.util.Collections.unmodifiableMap(words);
    }
}
