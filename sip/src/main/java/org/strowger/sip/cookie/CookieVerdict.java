package org.strowger.sip.cookie;

/** What reading a cookie came to; only a cookie that {@link #isGenuine()} may be acted upon. */
public enum CookieVerdict {
    /** Signed with the current key. */
    OK,
    /** Signed with the previous key: genuine, and a sign that the key cannot be retired yet. */
    OK_PREVIOUS_KEY,
    /** Not base64url in its only right form, or of no length that a cookie has. */
    MALFORMED,
    /** Made by a version that lays cookies out differently. */
    WRONG_VERSION,
    /** Neither our current nor our previous key has this id: another cluster, or a key rotated away. */
    UNKNOWN_KEY,
    /** The signature does not match: altered, forged, or by a stranger's key with the same id. */
    BAD_MAC;

    public boolean isGenuine() {
        return this == OK || this == OK_PREVIOUS_KEY;
    }
}
