package org.strowger.proxy.forwarding;

import org.strowger.proxy.routing.Forward;
import org.strowger.proxy.routing.Ingress;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.routing.Target;
import org.strowger.sip.IpPort;
import org.strowger.sip.SipMessage;
import org.strowger.sip.Via;
import org.strowger.sip.cookie.Cookie;
import org.strowger.sip.cookie.CookieCodec;
import org.strowger.threading.RunsOn;

/** Writes our Via: the same for a request, its repetitions, and the CANCEL and the ACK of the same attempt. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class ViaWriter {
    private final int loop;
    private final CookieCodec codec;
    private final Cookie cookie = new Cookie();
    private final IpPort scratch = new IpPort();

    ViaWriter(int loop, CookieCodec codec) {
        this.loop = loop;
        this.codec = codec;
    }

    /** All of it before the cookie. */
    byte[] prefix(Forward f, RoutingSnapshot s) {
        return f.target() != Target.NONE ? f.target().viaPrefix(loop) : s.clientViaPrefix(f.listener(), loop);
    }

    /** Writes the cookie, for which there are {@link CookieCodec#MAX_TEXT} bytes, and returns the index after it. */
    int cookie(SipMessage m, Ingress in, Forward f, RoutingSnapshot s, byte[] out, int at) {
        cookie.clear(Cookie.Kind.VIA);
        cookie.setListener(in.listener());
        if (in.flow() != 0) {
            cookie.setFlow(in.flow());
        } else {
            scratch.set(in.sender());
            scratch.setPort(responsePort(m.topVia(), in, s));
            cookie.setAddress(scratch);
            cookie.setPortLoop(in.portLoop());
        }
        cookie.setBackend(f.target().identity());
        cookie.setTransactionHash(f.transactionHash());
        cookie.setLoopHash(f.loopHash());
        cookie.setAttempt(f.attempt());
        cookie.setTowardsClient(f.target() == Target.NONE);
        return codec.write(cookie, out, at);
    }

    /** Where the response goes: the source port with rport (RFC 3581), else that of sent-by (RFC 3261 section 18.2.2). */
    static int responsePort(Via via, Ingress in, RoutingSnapshot s) {
        if (in.isRelayed()) {
            // The only port of the proxy in front that leads to this client.
            return in.sender().port();
        }
        boolean symmetric = via.hasRport()
                || (s.hasListener(in.listener()) && s.listener(in.listener()).isForceRport());
        if (symmetric) {
            return in.source().port();
        }
        return via.port() < 0 ? in.transport().defaultPort() : via.port();
    }
}
