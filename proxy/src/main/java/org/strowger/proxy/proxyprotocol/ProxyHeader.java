package org.strowger.proxy.proxyprotocol;

import java.util.Arrays;
import java.util.Optional;
import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/**
 * A decoded header: filled by {@link ProxyHeaderDecoder}, which does not allocate for it, and refilled for the next one.
 * What it says of TLVs points into the bytes that were decoded.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class ProxyHeader {
    private final IpPort source = new IpPort();
    private final IpPort destination = new IpPort();
    private byte[] bytes = new byte[0];
    private int version;
    private int length;
    private int tlvStart;
    private int tlvEnd;
    private boolean given;

    void begin(byte[] in, int ofVersion) {
        bytes = in;
        version = ofVersion;
        length = 0;
        tlvStart = 0;
        tlvEnd = 0;
        given = false;
    }

    void addresses() {
        given = true;
    }

    void tlvs(int from, int to) {
        tlvStart = from;
        tlvEnd = to;
    }

    void length(int all) {
        length = all;
    }

    /** 1 or 2. */
    public int version() {
        return version;
    }

    /** Bytes of the header: what it is about begins behind them. */
    public int length() {
        return length;
    }

    /**
     * True when it names addresses. Otherwise the sender speaks for itself, as in health checks (LOCAL), or does not know, and
     * the addresses of the connection hold.
     */
    public boolean hasAddresses() {
        return given;
    }

    /** Who it is from, where it {@link #hasAddresses}. Not to be changed. */
    public IpPort source() {
        return source;
    }

    /** Where it was sent to, where it {@link #hasAddresses}. Not to be changed. */
    public IpPort destination() {
        return destination;
    }

    /** A copy of the value of the first TLV of that type; of Amazon's the whole value, with its subtype. Allocates. */
    public Optional<byte[]> tlv(int type) {
        for (int at = tlvStart; at < tlvEnd; ) {
            int valueLength = (bytes[at + 1] & 0xFF) << 8 | (bytes[at + 2] & 0xFF);
            if ((bytes[at] & 0xFF) == type) {
                return Optional.of(Arrays.copyOfRange(bytes, at + 3, at + 3 + valueLength));
            }
            at += 3 + valueLength;
        }
        return Optional.empty();
    }
}
