package org.strowger.proxy.forwarding;

import java.nio.charset.StandardCharsets;
import org.strowger.proxy.routing.Forward;
import org.strowger.proxy.routing.Ingress;
import org.strowger.proxy.routing.RecordRoute;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.routing.StableHash;
import org.strowger.proxy.routing.Target;
import org.strowger.sip.HeaderId;
import org.strowger.sip.IpPort;
import org.strowger.sip.IpText;
import org.strowger.sip.SipEditor;
import org.strowger.sip.SipMessage;
import org.strowger.sip.Transport;
import org.strowger.sip.Via;
import org.strowger.sip.cookie.Cookie;
import org.strowger.sip.cookie.CookieCodec;
import org.strowger.threading.RunsOn;

/**
 * Writes a forwarded request (RFC 3261 section 16.6): our Via on top, received and rport in the one below, Max-Forwards
 * less one, our Route values gone, Record-Route or Path where due, {@link MissingLength}. All else stays byte for byte.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class RequestComposer {
    private static final byte[] RECEIVED = ascii(";received=");
    private static final byte[] MAX_FORWARDS = ascii("Max-Forwards: 70\r\n");
    private static final byte[] RECORD_ROUTE = ascii("Record-Route: <sip:");
    private static final byte[] RECORD_ROUTE_SECURE = ascii("Record-Route: <sips:");
    private static final byte[] PATH = ascii("Path: <sip:");
    private static final byte[] PATH_SECURE = ascii("Path: <sips:");
    private static final byte[] ROUTE = ascii("Route: <");
    private static final byte[] ROUTE_END = ascii(">\r\n");
    /** Ends a Path URI (RFC 5626 section 5.1). */
    private static final byte[] OUTBOUND = ascii(";ob>");

    private static final byte[] LINE_END = ascii("\r\n");

    private final int loop;
    private final CookieCodec codec;
    private final StableHash hash;
    private final SipEditor editor;
    private final ViaWriter vias;
    private final Cookie cookie = new Cookie();
    private final IpPort scratch = new IpPort();

    public RequestComposer(int loop, CookieCodec codec, StableHash hash, SipEditor editor) {
        this.loop = loop;
        this.codec = codec;
        this.hash = hash;
        this.editor = editor;
        this.vias = new ViaWriter(loop, codec);
    }

    /** Writes the request to {@code out} from 0. Returns its length, or -1 when it does not fit. */
    public int compose(SipMessage m, Ingress in, Forward f, RoutingSnapshot s, byte[] out) {
        editor.begin(m);
        int firstVia = m.lineStart(m.first(HeaderId.VIA));
        if (f.isRecordRoute() || f.isPath()) {
            // Before our Via, so that all Via lines stay together: some user agents read no further than the first
            // block.
            ownRoutes(m, in, f, s, firstVia);
        }
        int mark = editor.mark();
        via(m, in, f, s);
        if (m.maxForwards() < 0) {
            editor.put(MAX_FORWARDS);
        }
        editor.insert(firstVia, mark);
        topVia(m, in);
        if (m.maxForwards() > 0) {
            int header = m.first(HeaderId.MAX_FORWARDS);
            mark = editor.mark();
            editor.putNumber(m.maxForwards() - 1);
            editor.replace(m.valueStart(header), m.valueEnd(header), mark);
        }
        routes(m, f);
        MissingLength.add(editor, m, nextTransport(f, s));
        return editor.apply(out);
    }

    /** What the message goes out on; a connection whose listener is not known here is still one. */
    static Transport nextTransport(Forward f, RoutingSnapshot s) {
        if (f.target() != Target.NONE) {
            return f.target().transport();
        }
        return s.hasListener(f.listener())
                ? s.listener(f.listener()).transport()
                : f.flow() != 0 ? Transport.TCP : Transport.UDP;
    }

    private void via(SipMessage m, Ingress in, Forward f, RoutingSnapshot s) {
        editor.put(vias.prefix(f, s));
        editor.reserve(CookieCodec.MAX_TEXT);
        editor.advance(vias.cookie(m, in, f, s, editor.text(), editor.mark()));
        editor.put(LINE_END);
    }

    private void topVia(SipMessage m, Ingress in) {
        Via via = m.topVia();
        boolean sameHost =
                IpText.readHost(m.bytes(), via.host().start(), via.host().end(), scratch)
                        && scratch.sameAddress(in.source());
        if (via.hasRport()) {
            int mark = editor.mark();
            if (via.rport().length() == 0) {
                editor.put('=');
            }
            editor.putNumber(in.source().port());
            editor.replace(via.rport().start(), via.rport().end(), mark);
        } else if (sameHost && !via.received().isPresent()) {
            return;
        }
        int mark = editor.mark();
        if (via.received().isPresent()) {
            putHost(in.source());
            editor.replace(via.received().start(), via.received().end(), mark);
        } else {
            editor.put(RECEIVED);
            putHost(in.source());
            editor.insert(via.value().end(), mark);
        }
    }

    private void putHost(IpPort address) {
        editor.reserve(IpText.MAX_HOST_PORT);
        editor.advance(IpText.writeHost(address, editor.text(), editor.mark(), false));
    }

    private void routes(SipMessage m, Forward f) {
        for (int i = 0; i < f.popped(); i++) {
            editor.delete(f.popFrom(i), f.popTo(i));
        }
        if (f.restoredUriStart() >= 0) {
            int mark = editor.mark();
            editor.put(m.bytes(), f.restoredUriStart(), f.restoredUriEnd() - f.restoredUriStart());
            editor.replace(m.requestUriText().start(), m.requestUriText().end(), mark);
        }
        if (f.isUriAppended()) {
            appendUri(m);
        }
    }

    /** The Request-URI as the last Route, for the strict router that is next (RFC 3261 section 16.6 step 6). */
    private void appendUri(SipMessage m) {
        int last = m.first(HeaderId.ROUTE);
        for (int header = last; header >= 0; header = m.next(header)) {
            last = header;
        }
        int mark = editor.mark();
        editor.put(ROUTE);
        editor.put(m.bytes(), m.requestUriText().start(), m.requestUriText().length());
        editor.put(ROUTE_END);
        editor.insert(m.lineEnd(last), mark);
    }

    /** Ours go above all others of their kind; the side of the next hop first (RFC 5658). */
    private void ownRoutes(SipMessage m, Ingress in, Forward f, RoutingSnapshot s, int firstVia) {
        HeaderId id = f.isPath() ? HeaderId.PATH : HeaderId.RECORD_ROUTE;
        int present = m.first(id);
        int position = present < 0 ? firstVia : Math.min(firstVia, m.lineStart(present));
        byte[] name = f.isSecure() ? f.isPath() ? PATH_SECURE : RECORD_ROUTE_SECURE : f.isPath() ? PATH : RECORD_ROUTE;
        clientCookie(m, in, f);
        int clientListener = f.begunByClient() ? in.listener() : f.listener();
        RecordRoute uris = s.recordRoute(f.dialogBackend(), clientListener, loop);
        boolean towardsBackend = f.target() != Target.NONE;
        int mark = editor.mark();
        ownRoute(name, towardsBackend ? uris.inner() : uris.outer(), f.isOutbound());
        if (uris.isDouble()) {
            ownRoute(name, towardsBackend ? uris.outer() : uris.inner(), f.isOutbound());
        }
        editor.insert(position, mark);
    }

    private void clientCookie(SipMessage m, Ingress in, Forward f) {
        cookie.clear(f.isPath() ? Cookie.Kind.PATH : Cookie.Kind.RECORD_ROUTE);
        cookie.setListener(f.begunByClient() ? in.listener() : f.listener());
        long flow = f.begunByClient() ? in.flow() : f.flow();
        if (flow != 0) {
            cookie.setFlow(flow);
        } else {
            cookie.setAddress(f.begunByClient() ? in.sender() : f.address());
        }
        cookie.setBackend(f.dialogBackend().identity());
        cookie.setBegunByClient(f.begunByClient());
        cookie.setBehindNat(f.begunByClient() ? isBehindNat(m, in) : f.isClientBehindNat());
        cookie.setFromTagHash(
                m.fromTag().isPresent()
                        ? (int) hash.hash(
                                m.bytes(), m.fromTag().start(), m.fromTag().end())
                        : 0);
    }

    /** True when sent-by is not what we see: responses to it would not arrive, so requests to the Contact will not. */
    private boolean isBehindNat(SipMessage m, Ingress in) {
        Via via = m.topVia();
        boolean sameHost =
                IpText.readHost(m.bytes(), via.host().start(), via.host().end(), scratch)
                        && scratch.sameAddress(in.source());
        int port = via.port() < 0 ? in.transport().defaultPort() : via.port();
        return in.isRelayed()
                || !sameHost
                || (via.hasRport() && port != in.source().port());
    }

    private void ownRoute(byte[] name, byte[] tail, boolean isOutbound) {
        editor.put(name);
        putCookie();
        if (isOutbound) {
            editor.put(tail, 0, tail.length - 1);
            editor.put(OUTBOUND);
        } else {
            editor.put(tail);
        }
        editor.put(LINE_END);
    }

    private void putCookie() {
        editor.reserve(CookieCodec.MAX_TEXT);
        editor.advance(codec.write(cookie, editor.text(), editor.mark()));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
