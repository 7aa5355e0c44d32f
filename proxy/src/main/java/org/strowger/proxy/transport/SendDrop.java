package org.strowger.proxy.transport;

/** Why a datagram was not sent. */
public enum SendDrop {
    /** The send queue was full and the kernel would take no more (EAGAIN). */
    QUEUE_FULL,
    /** Longer than the queue or the kernel takes (EMSGSIZE). */
    TOO_LONG,
    /** No route, or an address of the other family (ENETUNREACH, EHOSTUNREACH, EAFNOSUPPORT and the like). */
    UNREACHABLE,
    /** A packet filter or the system's policy said no (EPERM, EACCES). */
    FORBIDDEN,
    /** The interface's queue or the kernel's memory was full (ENOBUFS, ENOMEM). */
    CONGESTED,
    /** Any other refusal. */
    OTHER;

    private static final int EPERM = 1;
    private static final int ENOMEM = 12;
    private static final int EACCES = 13;
    private static final int EMSGSIZE = 90;
    private static final int EAFNOSUPPORT = 97;
    private static final int EADDRNOTAVAIL = 99;
    private static final int ENETDOWN = 100;
    private static final int ENETUNREACH = 101;
    private static final int ENOBUFS = 105;
    private static final int EHOSTDOWN = 112;
    private static final int EHOSTUNREACH = 113;

    /** The class of a Linux errno from sendmsg(2). */
    static SendDrop ofErrno(int errno) {
        return switch (errno) {
            case EMSGSIZE -> TOO_LONG;
            case ENETUNREACH, EHOSTUNREACH, EHOSTDOWN, ENETDOWN, EADDRNOTAVAIL, EAFNOSUPPORT -> UNREACHABLE;
            case EPERM, EACCES -> FORBIDDEN;
            case ENOBUFS, ENOMEM -> CONGESTED;
            default -> OTHER;
        };
    }
}
