package org.strowger.proxy.proxyprotocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.strowger.sip.IpPort;
import org.strowger.sip.IpText;
import org.strowger.threading.RunsOn;

/** Writes the header that tells a backend whom we speak for. Reused; one per event loop. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class ProxyHeaderWriter {
    private static final byte[] PROXY_TCP4 = ascii("PROXY TCP4 ");
    private static final byte[] PROXY_TCP6 = ascii("PROXY TCP6 ");

    private byte[] out = new byte[256];
    private int at;

    /** What is being told about. */
    public enum Payload {
        STREAM(1),
        DATAGRAM(2);

        private final int code;

        Payload(int code) {
            this.code = code;
        }
    }

    /** The bytes of the last header, from 0 to what the writing method returned. */
    public byte[] bytes() {
        return out;
    }

    /** Begins a header of version 2; TLVs may follow, and {@link #end} must. A pair of two families becomes IPv6. */
    public ProxyHeaderWriter begin(Payload payload, IpPort source, IpPort destination) {
        at = 0;
        put(ProxyHeaderDecoder.V2_SIGNATURE, 0, ProxyHeaderDecoder.V2_SIGNATURE.length);
        boolean ipv4 = source.isIpv4() && destination.isIpv4();
        put(0x21);
        put((ipv4 ? 0x10 : 0x20) | payload.code);
        number(0);
        address(source, ipv4);
        address(destination, ipv4);
        number(source.port());
        number(destination.port());
        return this;
    }

    /** Begins a header of version 2 that names nobody: a health check. */
    public ProxyHeaderWriter beginLocal() {
        at = 0;
        put(ProxyHeaderDecoder.V2_SIGNATURE, 0, ProxyHeaderDecoder.V2_SIGNATURE.length);
        put(0x20);
        put(0);
        number(0);
        return this;
    }

    /** Adds a TLV; what is too long for the length that we would take ourselves is left out. */
    public ProxyHeaderWriter tlv(int type, byte[] value) {
        if (at + 3 + value.length <= ProxyHeaderDecoder.MAX_V2) {
            put(type);
            number(value.length);
            put(value, 0, value.length);
        }
        return this;
    }

    /** Adds a TLV of a text, unless it is empty. */
    public ProxyHeaderWriter tlv(int type, String text) {
        return text.isEmpty() ? this : tlv(type, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Says that the client spoke TLS and showed no certificate. */
    public ProxyHeaderWriter tls(String version, String cipher) {
        byte[] ofVersion = ascii(version);
        byte[] ofCipher = ascii(cipher);
        put(Tlv.SSL);
        number(5 + 3 + ofVersion.length + 3 + ofCipher.length);
        put(Tlv.CLIENT_SSL);
        // Not zero: no certificate was verified.
        number(0);
        number(1);
        tlv(Tlv.SSL_VERSION, ofVersion);
        return tlv(Tlv.SSL_CIPHER, ofCipher);
    }

    /** Fills in the length. Returns that of the whole header. */
    public int end() {
        int rest = at - ProxyHeaderDecoder.V2_FIXED;
        out[14] = (byte) (rest >>> 8);
        out[15] = (byte) rest;
        return at;
    }

    /** As {@link #end}, with a checksum. */
    public int endWithChecksum() {
        tlv(Tlv.CRC32C, new byte[4]);
        int end = end();
        CRC32C crc = new CRC32C();
        crc.update(out, 0, end);
        long value = crc.getValue();
        for (int i = 0; i < 4; i++) {
            out[end - 4 + i] = (byte) (value >>> (24 - 8 * i));
        }
        return end;
    }

    /** Writes a header of version 1. Returns its length. A pair of two families becomes IPv6, with the IPv4 one mapped. */
    public int text(IpPort source, IpPort destination) {
        at = 0;
        boolean ipv4 = source.isIpv4() && destination.isIpv4();
        byte[] start = ipv4 ? PROXY_TCP4 : PROXY_TCP6;
        put(start, 0, start.length);
        host(source, ipv4);
        put(' ');
        host(destination, ipv4);
        put(' ');
        room(16);
        at = IpText.writeNumber(source.port(), out, at);
        put(' ');
        at = IpText.writeNumber(destination.port(), out, at);
        put('\r');
        put('\n');
        return at;
    }

    private void host(IpPort address, boolean ipv4) {
        if (!ipv4 && address.isIpv4()) {
            byte[] mapped = ascii("::ffff:");
            put(mapped, 0, mapped.length);
        }
        room(IpText.MAX_HOST_PORT);
        at = IpText.writeHost(address, out, at, false);
    }

    private void address(IpPort address, boolean ipv4) {
        if (ipv4) {
            bigEndian(address.ipv4(), 4);
        } else {
            bigEndian(address.high(), 8);
            bigEndian(address.low(), 8);
        }
    }

    private void bigEndian(long value, int count) {
        for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) {
            put((int) (value >>> shift));
        }
    }

    private void number(int value) {
        put(value >>> 8);
        put(value);
    }

    private void put(int value) {
        room(1);
        out[at++] = (byte) value;
    }

    private void put(byte[] bytes, int from, int length) {
        room(length);
        System.arraycopy(bytes, from, out, at, length);
        at += length;
    }

    private void room(int length) {
        if (out.length - at < length) {
            out = Arrays.copyOf(out, Math.max(2 * out.length, at + length));
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
