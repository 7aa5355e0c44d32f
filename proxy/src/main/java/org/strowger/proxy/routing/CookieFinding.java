package org.strowger.proxy.routing;

import org.strowger.sip.cookie.CookieVerdict;

/** What the cookie that was to decide about a message was found to be. */
public enum CookieFinding {
    /** No cookie was due: the rules decide, or the message was refused before. */
    NONE,
    CURRENT_KEY,
    PREVIOUS_KEY,
    /** Signed with neither key. */
    FORGED,
    /** No cookie, where only a cookie can be, or one of another version. */
    MALFORMED;

    static CookieFinding of(CookieVerdict verdict) {
        return switch (verdict) {
            case OK -> CURRENT_KEY;
            case OK_PREVIOUS_KEY -> PREVIOUS_KEY;
            case UNKNOWN_KEY, BAD_MAC -> FORGED;
            case MALFORMED, WRONG_VERSION -> MALFORMED;
        };
    }
}
