package org.strowger.proxy.routing;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/**
 * How we name ourselves towards both sides of a dialog: what stands behind the cookie in our Record-Route and Path
 * URIs. Both sides get the same URI where the same transport, address and port serve them; otherwise each gets its own,
 * and both are in the message (RFC 5658).
 */
@RunsOn(RunsOn.Runner.ANY)
public final class RecordRoute {
    private final byte[] inner;
    private final byte[] outer;
    private final boolean twice;

    private RecordRoute(byte[] inner, byte[] outer) {
        this.inner = inner;
        this.outer = outer;
        this.twice = !Arrays.equals(inner, outer);
    }

    /** Of the {@code host:port} and transport that each side reaches us by. */
    public static RecordRoute of(String innerHostPort, Transport innerVia, String outerHostPort, Transport outerVia) {
        return new RecordRoute(tail(innerHostPort, innerVia), tail(outerHostPort, outerVia));
    }

    private static byte[] tail(String hostPort, Transport transport) {
        String parameter = transport == Transport.UDP
                ? ""
                : ";transport=" + new String(transport.uriParameter(), StandardCharsets.US_ASCII);
        return ("@" + hostPort + parameter + ";lr>").getBytes(StandardCharsets.US_ASCII);
    }

    /** The URI's end for the backend side, from the at sign to the closing bracket. Not to be changed. */
    public byte[] inner() {
        return inner;
    }

    /** The URI's end for the client side. Not to be changed. */
    public byte[] outer() {
        return outer;
    }

    /** True when the two sides need a URI each. */
    public boolean isDouble() {
        return twice;
    }
}
