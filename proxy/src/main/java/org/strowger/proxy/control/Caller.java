package org.strowger.proxy.control;

/**
 * Who asks for a change, for the audit log.
 *
 * @param who what the caller says of himself, which nobody has checked, or the signal or thread that asks
 * @param from address of the caller's connection, or {@code local}
 */
public record Caller(String who, String from) {
    private static final int MAX_LENGTH = 64;

    public Caller {
        who = printable(who);
        from = printable(from);
    }

    /** The program itself. */
    public static Caller local(String who) {
        return new Caller(who, "local");
    }

    /** No more than a log line can bear: visible ASCII, nothing that ends a line or a quotation. */
    private static String printable(String text) {
        String kept = text.codePoints()
                .filter(c -> c > ' ' && c < 0x7F && c != '"' && c != '\\')
                .limit(MAX_LENGTH)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return kept.isEmpty() ? "-" : kept;
    }
}
