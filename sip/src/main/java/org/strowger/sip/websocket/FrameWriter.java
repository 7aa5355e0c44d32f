package org.strowger.sip.websocket;

import io.netty.buffer.ByteBuf;

/** Writes frames (RFC 6455 section 5.2) and reads back what it wrote. A client's frames carry a mask, a server's none. */
public final class FrameWriter {
    static final int FIN = 0x80;
    static final int MASKED = 0x80;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;
    /** The longest control frame's payload. */
    static final int MAX_CONTROL = 125;

    private static final int MASK_BYTES = 4;

    private FrameWriter() {}

    /** The bytes before the payload of a server's frame. */
    public static int header(int length) {
        return length <= MAX_CONTROL ? 2 : length <= 0xFFFF ? 4 : 10;
    }

    /** The same of a client's frame. */
    public static int maskedHeader(int length) {
        return header(length) + MASK_BYTES;
    }

    /** One message in one frame, as text where it is text (RFC 7118 section 4.2 has both), as a server sends it. */
    public static void message(byte[] bytes, int offset, int length, ByteBuf out) {
        out.writeByte(FIN | opcode(bytes, offset, length));
        length(length, 0, out);
        out.writeBytes(bytes, offset, length);
    }

    /** The same as a client sends it. */
    public static void maskedMessage(byte[] bytes, int offset, int length, int mask, ByteBuf out) {
        out.writeByte(FIN | opcode(bytes, offset, length));
        length(length, MASKED, out);
        out.writeInt(mask);
        int at = offset;
        int end = offset + length;
        long wide = Mask.wide(mask);
        for (; at + 8 <= end; at += 8) {
            out.writeLong(Mask.eight(wide, bytes, at));
        }
        for (int rest = mask; at < end; at++) {
            out.writeByte(bytes[at] ^ (rest >>> 24));
            rest = Integer.rotateLeft(rest, 8);
        }
    }

    /** A copy of the message that one of these wrote at {@code [from, to)}. */
    public static byte[] read(ByteBuf written, int from, int to) {
        int second = written.getByte(from + 1);
        int code = second & 0x7F;
        int start = from + (code <= MAX_CONTROL ? 2 : code == 126 ? 4 : 10);
        boolean masked = (second & MASKED) != 0;
        byte[] message = new byte[to - start - (masked ? MASK_BYTES : 0)];
        written.getBytes(to - message.length, message);
        if (masked) {
            Mask.apply(written.getInt(start), message, 0, message.length);
        }
        return message;
    }

    /** A server's close frame. */
    public static byte[] close(int code) {
        return code == CloseCode.NONE
                ? new byte[] {(byte) (FIN | CLOSE), 0}
                : new byte[] {(byte) (FIN | CLOSE), 2, (byte) (code >> 8), (byte) code};
    }

    /** A server's ping without payload. */
    public static byte[] ping() {
        return new byte[] {(byte) (FIN | PING), 0};
    }

    /** A server's pong with the payload of the ping that it answers. */
    public static byte[] pong(byte[] bytes, int from, int to) {
        byte[] frame = new byte[2 + to - from];
        frame[0] = (byte) (FIN | PONG);
        frame[1] = (byte) (to - from);
        System.arraycopy(bytes, from, frame, 2, to - from);
        return frame;
    }

    /** A server's control frame as a client has to send it. */
    public static byte[] masked(byte[] control, int mask) {
        byte[] frame = new byte[control.length + MASK_BYTES];
        frame[0] = control[0];
        frame[1] = (byte) (control[1] | MASKED);
        for (int i = 0; i < MASK_BYTES; i++) {
            frame[2 + i] = (byte) (mask >>> (24 - 8 * i));
        }
        System.arraycopy(control, 2, frame, 2 + MASK_BYTES, control.length - 2);
        Mask.apply(mask, frame, 2 + MASK_BYTES, frame.length);
        return frame;
    }

    private static int opcode(byte[] bytes, int offset, int length) {
        return Utf8.isValid(bytes, offset, offset + length) ? TEXT : BINARY;
    }

    private static void length(int length, int maskBit, ByteBuf out) {
        if (length <= MAX_CONTROL) {
            out.writeByte(maskBit | length);
        } else if (length <= 0xFFFF) {
            out.writeByte(maskBit | 126);
            out.writeShort(length);
        } else {
            out.writeByte(maskBit | 127);
            out.writeLong(length);
        }
    }
}
