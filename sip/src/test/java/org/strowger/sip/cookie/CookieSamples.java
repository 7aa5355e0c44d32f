package org.strowger.sip.cookie;

import java.util.random.RandomGenerator;
import org.strowger.sip.IpPort;

/** Random cookies. */
final class CookieSamples {
    private CookieSamples() {}

    static void fill(Cookie cookie, Cookie.Kind kind, Cookie.PeerForm form, RandomGenerator random) {
        cookie.reset(kind)
                .setListener(random.nextInt(256))
                .setSide(random.nextBoolean() ? Side.CLIENT : Side.BACKEND)
                .setBackend(kind == Cookie.Kind.VIA ? BackendIdentity.inVia(random.nextLong()) : random.nextLong());
        IpPort address = new IpPort();
        switch (form) {
            case IPV4 -> address.setIpv4(random.nextInt(), random.nextInt(65_536));
            case IPV6 -> address.setIpv6(random.nextLong() | 1L << 61, random.nextLong(), random.nextInt(65_536));
            case FLOW -> cookie.setPeerFlow(random.nextLong());
        }
        if (form != Cookie.PeerForm.FLOW) {
            cookie.setPeerAddress(address);
        }
        if (kind == Cookie.Kind.VIA) {
            cookie.setEgressListener(random.nextInt(256))
                    .setAttempt(random.nextInt(16))
                    .setLoopHash(random.nextInt())
                    .setTransaction(random.nextLong());
        } else if (kind == Cookie.Kind.RECORD_ROUTE) {
            cookie.setFromTagHash(random.nextInt());
        }
    }
}
