package org.strowger.sip.websocket;

/** The close codes of RFC 6455 section 7.4.1 and of its registry. */
public final class CloseCode {
    public static final int NORMAL = 1000;
    /** The server goes down, or its client leaves the page. */
    public static final int GOING_AWAY = 1001;

    public static final int PROTOCOL_ERROR = 1002;
    public static final int UNACCEPTABLE = 1003;
    /** Stands for a close frame without a code; never sent. */
    public static final int NONE = 1005;

    public static final int NOT_UTF8 = 1007;
    public static final int TOO_BIG = 1009;
    public static final int INTERNAL_ERROR = 1011;
    /** The service restarts: come back, but not all at once. */
    public static final int SERVICE_RESTART = 1012;

    private CloseCode() {}

    /** True for a code that may stand in a close frame. */
    static boolean isSendable(int code) {
        return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
    }
}
