package org.strowger.discovery.dns;

/** The types of DNS records that RFC 3263 asks for. */
public enum RecordType {
    A,
    AAAA,
    SRV,
    NAPTR
}
