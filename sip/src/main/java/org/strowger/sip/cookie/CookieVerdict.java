package org.strowger.sip.cookie;

/** What reading a cookie found. */
public enum CookieVerdict {
    /** Signed with the current key. */
    OK,
    /** Signed with the previous key: made before the last rotation. */
    OK_PREVIOUS_KEY,
    /** No cookie at all: wrong length or alphabet. */
    MALFORMED,
    /** A cookie's shape, but of a version or kind that we do not know. */
    WRONG_VERSION,
    /** Signed with a key that we do not have. */
    UNKNOWN_KEY,
    /** Signed with a key that we have, but changed since, or forged. */
    BAD_MAC;

    public boolean isValid() {
        return this == OK || this == OK_PREVIOUS_KEY;
    }
}
