package org.strowger.proxy.http;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The grammar of header fields, strictly (RFC 9110 section 5, RFC 9112 section 5). */
final class FieldSyntax {
    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";
    private static final boolean[] TOKEN = new boolean[128];

    static {
        for (char c = '!'; c < 127; c++) {
            TOKEN[c] = isAlphanumeric(c) || TOKEN_MARKS.indexOf(c) >= 0;
        }
    }

    private FieldSyntax() {}

    /** None yet; what is added is not looked at again. */
    static HttpHeaders fields() {
        return DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
    }

    private static boolean isAlphanumeric(char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    }

    static boolean isToken(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 128 || !TOKEN[text.charAt(i)]) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** Visible characters, blanks, tabs, and whatever is above ASCII. */
    static boolean isValue(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < ' ' && c != '\t') || c == 127 || c > 255) {
                return false;
            }
        }
        return true;
    }

    /** Adds the field of a line without its end. */
    static @Nullable HttpFault add(String line, HttpHeaders to) {
        char first = line.charAt(0);
        if (first == ' ' || first == '\t') {
            return HttpFault.OBSOLETE_FOLD;
        }
        int colon = line.indexOf(':');
        if (colon <= 0) {
            return HttpFault.BAD_FIELD;
        }
        String name = line.substring(0, colon);
        String value = trimmed(line, colon + 1);
        if (!isToken(name) || !isValue(value)) {
            return HttpFault.BAD_FIELD;
        }
        to.add(name, value);
        return null;
    }

    /** Without blanks and tabs around it. */
    static String trimmed(String text, int from) {
        int start = from;
        int end = text.length();
        while (start < end && isBlank(text.charAt(start))) {
            start++;
        }
        while (end > start && isBlank(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    /** The members of a list that fields of that name make together, in lower case. */
    static List<String> list(HttpHeaders fields, CharSequence name) {
        List<String> values = fields.getAll(name);
        if (values.isEmpty()) {
            return values;
        }
        return java.util.Arrays.stream(String.join(",", values).split(",", -1))
                .map(member -> trimmed(member, 0).toLowerCase(Locale.ROOT))
                .filter(member -> !member.isEmpty())
                .toList();
    }

    /** A Content-Length, or -1: digits only, so no sign, no list, no blank. */
    static long length(String text) {
        if (text.isEmpty() || text.length() > 18) {
            return -1;
        }
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = 10 * value + c - '0';
        }
        return value;
    }

    /** A chunk size with what may follow it, or -1 (RFC 9112 section 7.1): hexadecimal digits, then the end or an extension. */
    static long chunkSize(String line) {
        int digits = 0;
        long size = 0;
        while (digits < line.length() && Character.digit(line.charAt(digits), 16) >= 0 && line.charAt(digits) < 128) {
            size = 16 * size + Character.digit(line.charAt(digits), 16);
            if (++digits > 15) {
                return -1;
            }
        }
        boolean ended = digits == line.length() || line.charAt(digits) == ';';
        return digits > 0 && ended && isValue(line) ? size : -1;
    }
}
