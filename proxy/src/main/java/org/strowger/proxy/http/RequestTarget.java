package org.strowger.proxy.http;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/** Hosts and paths as requests name them (RFC 3986, RFC 9112 section 3.2). */
final class RequestTarget {
    private static final String HOST_MARKS = "-._~!$&'()*+,;=%";

    private RequestTarget() {}

    /** Visible ASCII without a fragment. */
    static boolean isGood(String target) {
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c >= 127 || c == '#') {
                return false;
            }
        }
        return !target.isEmpty();
    }

    /** A name or IPv4 address, or an IPv6 address in brackets, and perhaps a port; no user. */
    static boolean isAuthority(String text) {
        int end = hostEnd(text);
        if (end <= 0 || text.length() > 300) {
            return false;
        }
        boolean bracketed = text.charAt(0) == '[';
        for (int i = bracketed ? 1 : 0; i < (bracketed ? end - 1 : end); i++) {
            char c = text.charAt(i);
            boolean good = bracketed ? (Character.digit(c, 16) >= 0 && c < 128) || c == ':' || c == '.' : isHostChar(c);
            if (!good) {
                return false;
            }
        }
        return end == text.length() || isPort(text, end);
    }

    private static boolean isHostChar(char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || HOST_MARKS.indexOf(c) >= 0;
    }

    private static boolean isPort(String text, int colon) {
        if (text.charAt(colon) != ':' || text.length() - colon > 6) {
            return false;
        }
        for (int i = colon + 1; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static int hostEnd(String text) {
        if (text.startsWith("[")) {
            return text.indexOf(']') + 1;
        }
        int colon = text.indexOf(':');
        return colon < 0 ? text.length() : colon;
    }

    /** In lower case, without port and final dot. */
    static String host(String authority) {
        String host = authority.substring(0, hostEnd(authority)).toLowerCase(Locale.ROOT);
        return host.length() > 1 && host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    /**
     * A path as backends are likely to understand it, for rules: needless escapes undone, dot segments and double slashes
     * removed (RFC 3986 section 6.2.2). So a rule that guards a path cannot be passed by writing it otherwise.
     */
    static String normal(String path) {
        if (path.indexOf('%') < 0 && !path.contains("//") && !path.contains("/.")) {
            return path;
        }
        String plain = unescaped(path);
        Deque<String> segments = new ArrayDeque<>();
        String last = "";
        for (String segment : plain.split("/", -1)) {
            last = segment;
            if (segment.equals("..")) {
                segments.pollLast();
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                segments.addLast(segment);
            }
        }
        boolean directory = last.isEmpty() || last.equals(".") || last.equals("..");
        return "/" + String.join("/", segments) + (directory && !segments.isEmpty() ? "/" : "");
    }

    /** Escapes of visible ASCII are undone, but of the percent sign itself; an escaped slash is one. */
    private static String unescaped(String path) {
        StringBuilder out = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '%' && i + 2 < path.length()) {
                int code = 16 * Character.digit(path.charAt(i + 1), 16) + Character.digit(path.charAt(i + 2), 16);
                boolean digits =
                        Character.digit(path.charAt(i + 1), 16) >= 0 && Character.digit(path.charAt(i + 2), 16) >= 0;
                if (digits && code > ' ' && code < 127 && code != '%') {
                    out.append((char) code);
                    i += 2;
                    continue;
                }
            }
            out.append(c);
        }
        return out.toString();
    }
}
