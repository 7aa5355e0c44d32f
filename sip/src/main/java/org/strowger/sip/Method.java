package org.strowger.sip;

/** The request methods that routing distinguishes; method names are case-sensitive (RFC 3261 section 7.1). */
public enum Method {
    INVITE(true),
    ACK(false),
    BYE(false),
    CANCEL(false),
    REGISTER(false),
    OPTIONS(false),
    SUBSCRIBE(true),
    NOTIFY(false),
    REFER(true),
    MESSAGE(false),
    PUBLISH(false),
    INFO(false),
    PRACK(false),
    UPDATE(false),
    /** Any other token: an extension method is passed on, never refused (RFC 3261 section 16.2). */
    OTHER(false);

    private static final Method[] BY_LENGTH_AND_LETTER = new Method[16 * 32];

    static {
        for (Method method : values()) {
            if (method != OTHER) {
                BY_LENGTH_AND_LETTER[
                        slot(method.name().length(), (byte) method.name().charAt(0))] = method;
            }
        }
    }

    private final boolean formsDialog;

    Method(boolean formsDialog) {
        this.formsDialog = formsDialog;
    }

    /** True when a request of this method without a To tag may create a dialog, so that Record-Route is added. */
    public boolean formsDialog() {
        return formsDialog;
    }

    /** The method named by {@code [from, to)}. */
    public static Method of(byte[] bytes, int from, int to) {
        int length = to - from;
        if (length < 3 || length > 9) {
            return OTHER;
        }
        Method candidate = BY_LENGTH_AND_LETTER[slot(length, bytes[from])];
        return candidate != null && candidate.matches(bytes, from) ? candidate : OTHER;
    }

    private boolean matches(byte[] bytes, int from) {
        String name = name();
        for (int i = 0; i < name.length(); i++) {
            if (bytes[from + i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Unique for the known methods: no two of one length begin with the same letter (a test holds it). */
    private static int slot(int length, byte first) {
        return (length & 15) << 5 | (first & 31);
    }
}
