package org.strowger.proxy.transport;

import org.strowger.sip.IpPort;

/** The two socket address structures of Linux, and the socket options that go with each. */
enum SocketAddressFormat {
    /** {@code struct sockaddr_in}: family, port, address. */
    IPV4(2, 16, 0, 11) {
        @Override
        void read(long at, IpPort into) {
            into.setIpv4(NativeMemory.getNetInt(at + 4), NativeMemory.getNetShort(at + PORT_OFFSET));
        }

        @Override
        void write(long at, IpPort peer) {
            NativeMemory.putNetShort(at + PORT_OFFSET, peer.port());
            NativeMemory.putNetInt(at + 4, peer.ipv4());
        }

        @Override
        boolean carries(IpPort peer) {
            return peer.isIpv4();
        }
    },
    /** {@code struct sockaddr_in6}: family, port, flow label, address, scope (always 0: no link-local peers). */
    IPV6(10, 28, 41, 25) {
        @Override
        void read(long at, IpPort into) {
            into.setIpv6(
                    NativeMemory.getNetLong(at + 8),
                    NativeMemory.getNetLong(at + 16),
                    NativeMemory.getNetShort(at + PORT_OFFSET));
        }

        @Override
        void write(long at, IpPort peer) {
            NativeMemory.putNetShort(at + PORT_OFFSET, peer.port());
            NativeMemory.putNetLong(at + 8, peer.high());
            NativeMemory.putNetLong(at + 16, peer.low());
        }

        @Override
        boolean carries(IpPort peer) {
            return !peer.isIpv4();
        }
    };

    /** Bytes between two addresses in an array; fits either structure. */
    static final int STRIDE = 32;

    private static final int PORT_OFFSET = 2;

    private final int family;
    private final int sizeBytes;
    private final int level;
    private final int receiveErrors;

    SocketAddressFormat(int family, int sizeBytes, int level, int receiveErrors) {
        this.family = family;
        this.sizeBytes = sizeBytes;
        this.level = level;
        this.receiveErrors = receiveErrors;
    }

    abstract void read(long at, IpPort into);

    /** Writes what differs from peer to peer; {@link #prepare} has written the rest. */
    abstract void write(long at, IpPort peer);

    /** Whether a socket of this family can send to {@code peer}. */
    abstract boolean carries(IpPort peer);

    final void prepare(long at) {
        NativeMemory.putShort(at, (short) family);
    }

    final int sizeBytes() {
        return sizeBytes;
    }

    /** SOL_IP or SOL_IPV6. */
    final int level() {
        return level;
    }

    /** IP_RECVERR or IPV6_RECVERR: the name of the option and the type of its control message. */
    final int receiveErrors() {
        return receiveErrors;
    }
}
