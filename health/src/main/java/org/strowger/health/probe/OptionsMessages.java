package org.strowger.health.probe;

import static java.nio.charset.StandardCharsets.US_ASCII;

import gov.nist.javax.sip.address.AddressFactoryImpl;
import gov.nist.javax.sip.header.HeaderFactoryImpl;
import gov.nist.javax.sip.header.Via;
import gov.nist.javax.sip.message.MessageFactoryImpl;
import gov.nist.javax.sip.message.SIPMessage;
import gov.nist.javax.sip.message.SIPResponse;
import gov.nist.javax.sip.parser.StringMsgParser;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.text.ParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.sip.InvalidArgumentException;
import javax.sip.address.SipURI;
import javax.sip.header.Header;
import javax.sip.header.ReasonHeader;
import javax.sip.header.ViaHeader;
import javax.sip.message.Request;
import org.jspecify.annotations.Nullable;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/**
 * Builds OPTIONS requests (RFC 3261 section 11) with the factories of JAIN SIP, and reads the answers with its parser. Its
 * stack, with threads, timers and properties of its own, is never started.
 *
 * <p>Building one takes JAIN some tens of microseconds, so a request is built once for each socket, with {@link #PLACEHOLDER}
 * for branch, tag and Call-ID, and {@link #stamp} makes a new one of it.
 */
@RunsOn(RunsOn.Runner.CONTROL)
final class OptionsMessages {
    /** Stands where each request has a token of its own; as long as that. */
    static final String PLACEHOLDER = "0123456789abcdef";

    private static final String MAGIC = "z9hG4bK";
    private static final String OPTIONS = Request.OPTIONS;
    private static final int MAX_FORWARDS = 70;
    private static final byte[] HEX = PLACEHOLDER.getBytes(US_ASCII);

    static {
        SilentLogger.install();
    }

    private final AddressFactoryImpl addresses = new AddressFactoryImpl();
    private final HeaderFactoryImpl headers = new HeaderFactoryImpl();
    private final MessageFactoryImpl messages = new MessageFactoryImpl();
    private final StringMsgParser parser = new StringMsgParser();
    private final byte[] scratch = new byte[16_384];

    /** Room for the bytes that are being read, shared by all connections of the probing thread. */
    byte[] scratch() {
        return scratch;
    }

    /** A request without its token, from {@code local} to {@code remote}. */
    byte[] template(Transport transport, InetSocketAddress local, InetSocketAddress remote) {
        try {
            SipURI target = addresses.createSipURI(null, host(remote));
            target.setPort(remote.getPort());
            if (transport != Transport.UDP) {
                target.setTransportParam(transport.name().toLowerCase(Locale.ROOT));
            }
            SipURI self = addresses.createSipURI("probe", host(local));
            ViaHeader via =
                    headers.createViaHeader(host(local), local.getPort(), transport.name(), MAGIC + PLACEHOLDER);
            if (transport == Transport.UDP) {
                ((Via) via).setRPort();
            }
            Request request = messages.createRequest(
                    target,
                    OPTIONS,
                    headers.createCallIdHeader(PLACEHOLDER + "@" + host(local)),
                    headers.createCSeqHeader(1L, OPTIONS),
                    headers.createFromHeader(addresses.createAddress(self), PLACEHOLDER),
                    headers.createToHeader(addresses.createAddress(target), null),
                    List.of(via),
                    headers.createMaxForwardsHeader(MAX_FORWARDS));
            request.setHeader(headers.createAcceptHeader("application", "sdp"));
            request.setHeader(headers.createUserAgentHeader(List.of("Strowger")));
            request.setHeader(headers.createContentLengthHeader(0));
            return request.toString().getBytes(US_ASCII);
        } catch (ParseException | InvalidArgumentException e) {
            throw new IllegalArgumentException("remote: " + remote + " (expected: an address that SIP can name)", e);
        }
    }

    private static String host(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        String text = ip.getHostAddress();
        int scope = text.indexOf('%');
        String bare = scope < 0 ? text : text.substring(0, scope);
        return ip instanceof Inet6Address ? "[" + bare + "]" : bare;
    }

    /** Where the placeholder stands in a template. */
    static int[] places(byte[] template) {
        String text = new String(template, US_ASCII);
        int[] places = new int[0];
        for (int at = text.indexOf(PLACEHOLDER); at >= 0; at = text.indexOf(PLACEHOLDER, at + 1)) {
            places = Arrays.copyOf(places, places.length + 1);
            places[places.length - 1] = at;
        }
        return places;
    }

    /** Writes {@code token} over the placeholder, or over the token before. */
    static void stamp(byte[] template, int[] places, long token) {
        for (int place : places) {
            for (int i = 0; i < 16; i++) {
                template[place + i] = HEX[(int) (token >>> (60 - 4 * i)) & 15];
            }
        }
    }

    /**
     * The final answer to the request with that token, or nothing if it is something else.
     *
     * @throws ParseException when JAIN SIP can make nothing of it
     */
    Optional<ProbeAnswer> read(byte[] bytes, long token) throws ParseException {
        SIPMessage message = parse(bytes);
        if (!(message instanceof SIPResponse response) || response.getStatusCode() < 200) {
            return Optional.empty();
        }
        Via via = response.getTopmostVia();
        if (via == null
                || !branch(token).equals(via.getBranch())
                || response.getCSeq() == null
                || !OPTIONS.equals(response.getCSeq().getMethod())) {
            return Optional.empty();
        }
        return Optional.of(new ProbeAnswer(
                response.getStatusCode(),
                response.getReasonPhrase() == null ? "" : response.getReasonPhrase(),
                reason(response),
                load(response)));
    }

    /** Whatever the parser throws at odd bytes is the same finding. */
    private @Nullable SIPMessage parse(byte[] bytes) throws ParseException {
        try {
            return parser.parseSIPMessage(Essence.of(bytes), false, false, null);
        } catch (RuntimeException e) {
            ParseException odd = new ParseException(String.valueOf(e.getMessage()), 0);
            odd.initCause(e);
            throw odd;
        }
    }

    static String branch(long token) {
        byte[] text = new byte[16];
        stamp(text, new int[] {0}, token);
        return MAGIC + new String(text, US_ASCII);
    }

    private static String reason(SIPResponse response) {
        Header header = response.getHeader(ReasonHeader.NAME);
        String text = header instanceof ReasonHeader reason ? reason.getText() : null;
        return text == null ? "" : text;
    }

    private static Optional<ReportedLoad> load(SIPResponse response) {
        Header header = response.getHeader(ProbeAnswer.LOAD_HEADER);
        if (header == null) {
            return Optional.empty();
        }
        String line = header.toString();
        return Optional.of(new ReportedLoad(
                ReportedLoad.Form.HEADER, line.substring(line.indexOf(':') + 1).trim()));
    }
}
