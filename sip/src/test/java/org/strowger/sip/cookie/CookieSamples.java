package org.strowger.sip.cookie;

import java.util.random.RandomGenerator;
import org.strowger.sip.IpPort;

/** Random cookies that hold only what their kind carries, and their text form for comparison. */
final class CookieSamples {
    /** How the client is named. */
    enum Form {
        IPV4,
        IPV6,
        FLOW
    }

    private CookieSamples() {}

    static void fill(Cookie cookie, Cookie.Kind kind, Form form, RandomGenerator random) {
        cookie.clear(kind);
        cookie.setListener(random.nextInt(256));
        cookie.setBackend(random.nextLong() & (kind == Cookie.Kind.VIA ? 0xFFFF_FFFFL : 0xFFFF_FFFF_FFFFL));
        cookie.setTowardsClient(random.nextBoolean());
        cookie.setBegunByClient(random.nextBoolean());
        cookie.setBehindNat(random.nextBoolean());
        cookie.setAttempt(random.nextInt(16));
        IpPort address = new IpPort();
        switch (form) {
            case IPV4 -> address.setIpv4(random.nextInt(), random.nextInt(65_536));
            case IPV6 -> address.setIpv6(random.nextLong() | 1L << 61, random.nextLong(), random.nextInt(65_536));
            case FLOW -> cookie.setFlow(random.nextLong() | 1);
        }
        if (form != Form.FLOW) {
            cookie.setAddress(address);
        }
        if (form != Form.FLOW && kind == Cookie.Kind.VIA) {
            cookie.setPortLoop(random.nextInt(-1, 256));
        }
        if (kind == Cookie.Kind.VIA) {
            cookie.setLoopHash(random.nextInt());
            cookie.setTransactionHash(random.nextLong());
        } else if (kind == Cookie.Kind.RECORD_ROUTE) {
            cookie.setFromTagHash(random.nextInt());
        }
    }

    /** Every field. */
    static String text(Cookie c) {
        return c.kind() + " listener=" + c.listener() + " address=" + c.address() + " flow=" + c.flow() + " backend="
                + c.backend() + " transaction=" + c.transactionHash() + " loop=" + c.loopHash() + " from-tag="
                + c.fromTagHash() + " attempt=" + c.attempt() + " port-loop=" + c.portLoop() + " towards-client="
                + c.isTowardsClient() + " begun="
                + c.isBegunByClient() + " nat=" + c.isBehindNat();
    }
}
