package org.strowger.proxy.http;

import io.netty.buffer.ByteBuf;
import org.strowger.threading.RunsOn;

/**
 * Knows whether a server's stream of WebSocket frames (RFC 6455 section 5.2) stands between two of them, where another one may
 * be put. It looks at the first bytes of each frame, and passes over the rest unread.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class FrameEdge {
    private static final int CLOSE = 8;

    private final byte[] header = new byte[10];
    private int headerBytes;
    private long payload;
    private boolean isClosed;

    /** These bytes go to the client; the reader index stays where it is. */
    void pass(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end && !isClosed) {
            if (payload > 0) {
                long skipped = Math.min(payload, end - at);
                payload -= skipped;
                at += (int) skipped;
            } else {
                header[headerBytes++] = bytes.getByte(at++);
                if (headerBytes >= 2 && headerBytes == 2 + extension()) {
                    begin();
                }
            }
        }
    }

    private int extension() {
        int length = header[1] & 0x7f;
        return length < 126 ? 0 : length == 126 ? 2 : 8;
    }

    private void begin() {
        long length = header[1] & 0x7f;
        if (headerBytes > 2) {
            length = 0;
            for (int i = 2; i < headerBytes; i++) {
                length = (length << 8) | (header[i] & 0xff);
            }
        }
        // A server does not mask; one that does, or a length beyond all sense, is left alone from here on.
        isClosed = (header[0] & 0xf) == CLOSE || header[1] < 0 || length < 0;
        payload = length;
        headerBytes = 0;
    }

    /** True where a frame may be put, and will be understood. */
    boolean isHere() {
        return !isClosed && payload == 0 && headerBytes == 0;
    }
}
