package org.strowger.proxy.proxyprotocol;

/** Types of the TLVs of version 2 (section 2.2.1 of the specification; 0xEA is Amazon's) and of those within the one of TLS. */
public final class Tlv {
    /** The protocol spoken above, as in ALPN. */
    public static final int ALPN = 0x01;
    /** The host name that the client asked for, as in SNI. */
    public static final int AUTHORITY = 0x02;
    /** CRC32c of the whole header, taken with zeros in the place of the value. */
    public static final int CRC32C = 0x03;
    /** Padding. */
    public static final int NOOP = 0x04;
    /** What the proxy calls the connection, at most 128 bytes. */
    public static final int UNIQUE_ID = 0x05;
    /** How TLS was spoken: a byte of flags, 4 bytes of the verdict on the client's certificate, and TLVs. */
    public static final int SSL = 0x20;
    /** Within {@link #SSL}: the version of TLS. */
    public static final int SSL_VERSION = 0x21;
    /** Within {@link #SSL}: the common name of the client's certificate. */
    public static final int SSL_COMMON_NAME = 0x22;
    /** Within {@link #SSL}: the cipher. */
    public static final int SSL_CIPHER = 0x23;
    /** The network namespace. */
    public static final int NETWORK_NAMESPACE = 0x30;
    /** Of AWS; a byte of subtype, which is {@link #AWS_VPC_ENDPOINT}, and a text. */
    public static final int AWS = 0xEA;
    /** The subtype whose text is the id of a VPC endpoint. */
    public static final int AWS_VPC_ENDPOINT = 0x01;

    /** Of the flags of {@link #SSL}: the client spoke TLS. */
    public static final int CLIENT_SSL = 0x01;
    /** Of the flags of {@link #SSL}: it showed a certificate on this connection. */
    public static final int CLIENT_CERT_CONN = 0x02;

    private Tlv() {}
}
