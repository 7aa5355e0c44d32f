package org.strowger.proxy.transport;

import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/**
 * Reads the error queue of a socket (ip(7), IP_RECVERR): one entry for each ICMP error that came back for a datagram
 * the socket sent, with the address it was sent to. That makes ICMP errors visible on one unconnected socket.
 *
 * <pre>
 *   control message: 0 cmsg_len  8 cmsg_level  12 cmsg_type  16 struct sock_extended_err
 *   sock_extended_err: 0 ee_errno  4 ee_origin
 * </pre>
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class ErrorQueue {
    /** No entry was there. */
    static final int NONE = 0;

    /** An entry that is no ICMP error, such as one that the local stack queued. */
    static final int NOT_ICMP = -1;

    private static final int CONTROL_BYTES = 512;
    private static final int CONTROL_HEADER_BYTES = 16;
    private static final int ORIGIN_ICMP = 2;
    private static final int ORIGIN_ICMP6 = 3;

    private final SystemCalls calls;
    private final int fd;
    private final SocketAddressFormat format;
    private final MessageHeaders header;
    private final long control;

    ErrorQueue(SystemCalls calls, int fd, SocketAddressFormat format, NativeMemory memory) {
        this.calls = calls;
        this.fd = fd;
        this.format = format;
        header = new MessageHeaders(memory, 1, format);
        control = memory.take(CONTROL_BYTES);
        header.setPayload(0, control, 0);
    }

    static long sizeBytes() {
        return MessageHeaders.sizeBytes(1) + CONTROL_BYTES;
    }

    /** Takes one entry: the errno of an ICMP error, with its peer written to {@code peer}; or one of the constants. */
    int poll(IpPort peer) {
        header.setControl(0, control, CONTROL_BYTES);
        if (calls.receiveError(fd, header.header(0)) < 0) {
            return NONE;
        }
        int errno = errno(control + Math.min(header.controlBytes(0), CONTROL_BYTES));
        if (errno > 0) {
            format.read(header.name(0), peer);
        }
        return errno;
    }

    private int errno(long end) {
        long at = control;
        while (at + CONTROL_HEADER_BYTES <= end) {
            long length = NativeMemory.getLong(at);
            if (length < CONTROL_HEADER_BYTES) {
                break;
            }
            int level = NativeMemory.getInt(at + 8);
            int type = NativeMemory.getInt(at + 12);
            if (level == format.level() && type == format.receiveErrors()) {
                int origin = NativeMemory.getByte(at + CONTROL_HEADER_BYTES + 4);
                int errno = NativeMemory.getInt(at + CONTROL_HEADER_BYTES);
                return (origin == ORIGIN_ICMP || origin == ORIGIN_ICMP6) && errno > 0 ? errno : NOT_ICMP;
            }
            at += (length + 7) & -8L;
        }
        return NOT_ICMP;
    }
}
