package org.strowger.sip;

import java.util.Locale;

/** The header fields that routing reads, with their compact forms (RFC 3261 section 7.3.3); all others are {@link #OTHER}. */
public enum HeaderId {
    VIA("Via", 'v', Multiplicity.LIST),
    FROM("From", 'f', Multiplicity.ONE),
    TO("To", 't', Multiplicity.ONE),
    CALL_ID("Call-ID", 'i', Multiplicity.ONE),
    CSEQ("CSeq", '\0', Multiplicity.ONE),
    MAX_FORWARDS("Max-Forwards", '\0', Multiplicity.ONE),
    CONTENT_LENGTH("Content-Length", 'l', Multiplicity.ONE),
    CONTACT("Contact", 'm', Multiplicity.LIST),
    ROUTE("Route", '\0', Multiplicity.LIST),
    RECORD_ROUTE("Record-Route", '\0', Multiplicity.LIST),
    PATH("Path", '\0', Multiplicity.LIST),
    PROXY_REQUIRE("Proxy-Require", '\0', Multiplicity.LIST),
    PROXY_AUTHORIZATION("Proxy-Authorization", '\0', Multiplicity.LIST),
    SUPPORTED("Supported", 'k', Multiplicity.LIST),
    CONTENT_TYPE("Content-Type", 'c', Multiplicity.ONE),
    CONTENT_ENCODING("Content-Encoding", 'e', Multiplicity.LIST),
    SUBJECT("Subject", 's', Multiplicity.ONE),
    EVENT("Event", 'o', Multiplicity.ONE),
    ALLOW_EVENTS("Allow-Events", 'u', Multiplicity.LIST),
    REFER_TO("Refer-To", 'r', Multiplicity.ONE),
    REFERRED_BY("Referred-By", 'b', Multiplicity.ONE),
    SESSION_EXPIRES("Session-Expires", 'x', Multiplicity.ONE),
    ACCEPT_CONTACT("Accept-Contact", 'a', Multiplicity.LIST),
    REJECT_CONTACT("Reject-Contact", 'j', Multiplicity.LIST),
    REQUEST_DISPOSITION("Request-Disposition", 'd', Multiplicity.LIST),
    IDENTITY("Identity", 'y', Multiplicity.LIST),
    IDENTITY_INFO("Identity-Info", 'n', Multiplicity.ONE),
    OTHER("", '\0', Multiplicity.LIST);

    /** How many values a message may carry. */
    enum Multiplicity {
        ONE,
        LIST
    }

    /** The number of constants; the length of tables indexed by {@link #ordinal()}. */
    static final int COUNT = values().length;

    private static final HeaderId[] ALL = values();
    private static final HeaderId[] COMPACT = new HeaderId[128];
    /** Chains by length and first letter; nearly all have one link. */
    private static final HeaderId[][] BY_LENGTH_AND_LETTER = new HeaderId[32 * 32][];

    static {
        for (HeaderId id : ALL) {
            COMPACT[id.compact] = id;
            int slot = slot(id.lowerCase.length(), (byte) (id == OTHER ? 0 : id.lowerCase.charAt(0)));
            HeaderId[] old = BY_LENGTH_AND_LETTER[slot];
            HeaderId[] chain = new HeaderId[old == null ? 1 : old.length + 1];
            if (old != null) {
                System.arraycopy(old, 0, chain, 0, old.length);
            }
            chain[chain.length - 1] = id;
            BY_LENGTH_AND_LETTER[slot] = chain;
        }
        COMPACT[0] = OTHER;
    }

    private final String fieldName;
    private final String lowerCase;
    private final char compact;
    private final Multiplicity multiplicity;

    HeaderId(String fieldName, char compact, Multiplicity multiplicity) {
        this.fieldName = fieldName;
        this.lowerCase = fieldName.toLowerCase(Locale.ROOT);
        this.compact = compact;
        this.multiplicity = multiplicity;
    }

    /** The name as written in the RFC. */
    public String fieldName() {
        return fieldName;
    }

    Multiplicity multiplicity() {
        return multiplicity;
    }

    static HeaderId of(int ordinal) {
        return ALL[ordinal];
    }

    /** The header named by {@code [from, to)}, in its long or compact form and any case. */
    public static HeaderId of(byte[] bytes, int from, int to) {
        int length = to - from;
        if (length == 1) {
            HeaderId id = bytes[from] > 0 ? COMPACT[Ascii.lower(bytes[from])] : null;
            return id == null ? OTHER : id;
        }
        if (length < 2 || length > 31) {
            return OTHER;
        }
        HeaderId[] chain = BY_LENGTH_AND_LETTER[slot(length, bytes[from])];
        if (chain != null) {
            for (HeaderId id : chain) {
                if (Ascii.equalsIgnoreCase(bytes, from, to, id.lowerCase)) {
                    return id;
                }
            }
        }
        return OTHER;
    }

    private static int slot(int length, byte first) {
        return length << 5 | (first & 31);
    }
}
