package org.strowger.proxy.proxyprotocol;

/** What {@link ProxyHeaderDecoder} says of some bytes. */
public enum HeaderVerdict {
    /** A whole header. */
    COMPLETE,
    /** Good so far; more bytes are needed. In a datagram there are none. */
    INCOMPLETE,
    /** Neither signature: whoever sends this speaks no PROXY protocol. */
    NO_HEADER,
    /** Longer than {@link ProxyHeaderDecoder#MAX_V1} or {@link ProxyHeaderDecoder#MAX_V2}. */
    TOO_LONG,
    /** A version, command, family or protocol that the specification does not know. */
    UNKNOWN_FORM,
    /** An address or port that is none, or of another family than the header says. */
    BAD_ADDRESS,
    /** A TLV that ends outside of the header, or is not of the length that its type has. */
    BAD_TLV,
    /** The CRC32c is not that of the header. */
    BAD_CHECKSUM;

    /** True for what no further byte can make a header. */
    public boolean isFailure() {
        return this != COMPLETE && this != INCOMPLETE;
    }
}
