package org.strowger.proxy.tls;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** The few structures of DER that turn the older forms of private keys into PKCS #8. */
final class Der {
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final int CURVE = 0xa0;
    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
    /** rsaEncryption, 1.2.840.113549.1.1.1, with its NULL. */
    private static final byte[] RSA = {
        0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00
    };
    /** id-ecPublicKey, 1.2.840.10045.2.1. */
    private static final byte[] EC = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01};

    private Der() {}

    /** RFC 8017 appendix A.1.2. */
    static byte[] rsaToPkcs8(byte[] pkcs1) {
        return of(SEQUENCE, VERSION_0, RSA, of(OCTET_STRING, pkcs1));
    }

    /** RFC 5915: the curve, which PKCS #8 wants outside, stands inside; empty when it does not. */
    static byte[] ecToPkcs8(byte[] sec1) {
        byte[] curve = child(sec1, CURVE);
        return curve.length == 0 ? curve : of(SEQUENCE, VERSION_0, of(SEQUENCE, EC, curve), of(OCTET_STRING, sec1));
    }

    /** The content of the first element with that tag in the outermost sequence; empty when there is none. */
    private static byte[] child(byte[] der, int tag) {
        int at = contentStart(der, 0);
        while (at >= 0 && at < der.length) {
            int content = contentStart(der, at);
            int length = content < 0 ? -1 : length(der, at + 1);
            if (length < 0 || content + length > der.length) {
                return new byte[0];
            }
            if ((der[at] & 0xff) == tag) {
                return Arrays.copyOfRange(der, content, content + length);
            }
            at = content + length;
        }
        return new byte[0];
    }

    private static int contentStart(byte[] der, int at) {
        if (at + 1 >= der.length) {
            return -1;
        }
        int first = der[at + 1] & 0xff;
        return first < 0x80 ? at + 2 : at + 2 + (first & 0x7f);
    }

    private static int length(byte[] der, int at) {
        int first = der[at] & 0xff;
        if (first < 0x80) {
            return first;
        }
        int bytes = first & 0x7f;
        if (bytes == 0 || bytes > 3 || at + bytes >= der.length) {
            return -1;
        }
        int value = 0;
        for (int i = 1; i <= bytes; i++) {
            value = (value << 8) | (der[at + i] & 0xff);
        }
        return value;
    }

    private static byte[] of(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (length < 0x80) {
            out.write(length);
        } else {
            int bytes = length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
            out.write(0x80 | bytes);
            for (int i = bytes - 1; i >= 0; i--) {
                out.write(length >> (8 * i));
            }
        }
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
