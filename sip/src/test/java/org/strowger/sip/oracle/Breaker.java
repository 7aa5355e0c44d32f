package org.strowger.sip.oracle;

import java.util.Random;

/** Breaks one thing in a message, or makes it unusual, and says which. */
final class Breaker {
    private final Random random;

    Breaker(Random random) {
        this.random = random;
    }

    void breakOneThing(Draft d) {
        Oddity[] all = Oddity.values();
        Oddity oddity = all[random.nextInt(all.length)];
        boolean done = switch (oddity) {
            case REQUEST_LINE_SPACES, VERSION, STATUS_CODE -> startLine(d, oddity);
            case REQUEST_URI_HEADERS,
                    REQUEST_URI_BRACKETS,
                    REQUEST_URI_SPACE,
                    REQUEST_URI_PORT,
                    REQUEST_URI_HOST,
                    UNKNOWN_SCHEME -> requestUri(d, oddity);
            case VIA_PORT, VIA_HOST, VIA_EMPTY_PARAMETER, VIA_EMPTY_VALUE, VIA_TRAILING_COMMA, VIA_PROTOCOL ->
                via(d, oddity);
            case QUOTE_NOT_CLOSED,
                    BRACKET_NOT_CLOSED,
                    ADDRESS_WITHOUT_SCHEME,
                    ADDRESS_TWICE,
                    ADDRESS_EMPTY_PARAMETER,
                    EMPTY_TAG,
                    SPACE_IN_BRACKETS -> address(d, oddity);
            case CSEQ_NUMBER, CSEQ_METHOD, MAX_FORWARDS, CONTENT_LENGTH, TWO_CONTENT_LENGTHS, CALL_ID_SPACE ->
                field(d, oddity);
            default -> structure(d, oddity);
        };
        if (done) {
            d.oddities.add(oddity);
        }
    }

    private boolean structure(Draft d, Oddity oddity) {
        switch (oddity) {
            case BARE_LF -> d.add("x", "X: a\nY: ", "b");
            case BARE_CR -> d.add("x", "X: ", "a\rb");
            case NO_BLANK_LINE -> {
                d.end = "";
                d.body = "";
                d.remove("content-length");
            }
            case MISSING_HEADER -> d.remove(any("via", "from", "to", "call-id", "cseq"));
            case DUPLICATE_HEADER -> {
                String name = any("From", "To", "Call-ID", "CSeq", "Max-Forwards");
                d.add(
                        name,
                        name + ": ",
                        switch (name) {
                            case "Call-ID" -> "second";
                            case "CSeq" -> "7 " + d.method;
                            case "Max-Forwards" -> "7";
                            default -> "<sip:second@example.com>;tag=second";
                        });
                return d.lines.stream()
                                .filter(line -> line.name().equalsIgnoreCase(name))
                                .count()
                        == 2;
            }
            default -> d.add("x", "X no colon", "");
        }
        return true;
    }

    private boolean startLine(Draft d, Oddity oddity) {
        if (d.request == (oddity == Oddity.STATUS_CODE)) {
            return false;
        }
        d.startLine = switch (oddity) {
            case VERSION -> d.method + " " + d.uri + any(" SIP/7.0", " SIP/2.00", " SIP/2", " sip/2.0", "");
            case STATUS_CODE -> "SIP/2.0 " + any("99", "700", "4294967301", "2x0", "1000", "-200") + " OK";
            default ->
                any(
                        d.method + "  " + d.uri + " SIP/2.0",
                        d.method + " " + d.uri + "  SIP/2.0",
                        d.method + " " + d.uri + " SIP/2.0 ",
                        " " + d.method + " " + d.uri + " SIP/2.0",
                        d.method + "\t" + d.uri + " SIP/2.0");
        };
        return true;
    }

    private boolean requestUri(Draft d, Oddity oddity) {
        if (!d.request || d.uri.startsWith("tel")) {
            return false;
        }
        d.uri = switch (oddity) {
            case REQUEST_URI_HEADERS -> d.uri + "?Route=%3Csip:x%3E";
            case REQUEST_URI_BRACKETS -> "<" + d.uri + ">";
            case REQUEST_URI_SPACE -> d.uri + any("; lr", " x", "\t");
            case REQUEST_URI_PORT -> "sip:a@h:" + any("0", "65536", "", "x", "99999999999", "5060x", "-1");
            case REQUEST_URI_HOST -> "sip:a@" + any("", "[::1", "::1", "[]", "a_b", "[1.2.3.4", "h%41", "h!", "a@b");
            default -> any("nobody:knows", "soap.beep://192.0.2.103:3002", "http://x/", "isbn:298");
        };
        d.startLine = d.method + " " + d.uri + " SIP/2.0";
        return true;
    }

    private boolean via(Draft d, Oddity oddity) {
        d.change("via", value -> switch (oddity) {
            case VIA_PORT -> "SIP/2.0/UDP h:" + any("0", "65536", "", "x", "5060x", "99999999999") + ";branch=z9hG4bKx";
            case VIA_HOST -> "SIP/2.0/UDP " + any("", "[::1", "::1", "a_b", "h!") + ";branch=z9hG4bKx";
            case VIA_EMPTY_PARAMETER -> "SIP/2.0/UDP h" + any(";;branch=z9hG4bKx", ";branch=z9hG4bKx;", ";=x", ";,;");
            case VIA_EMPTY_VALUE -> "SIP/2.0/UDP h;" + any("branch=", "branch", "received=", "maddr=", "rport=", "x=");
            case VIA_TRAILING_COMMA -> value + any(",", ", ,", ", x");
            default ->
                any("SIP/7.0/UDP h", "SIP/2.0 h", "HTTP/2.0/UDP h", "SIP/2.0/UDPh", "SIP/2.0/ h", "x")
                        + ";branch=z9hG4bKx";
        });
        return d.has("via");
    }

    private boolean address(Draft d, Oddity oddity) {
        String name = any("from", "to");
        d.change(name, value -> switch (oddity) {
            case QUOTE_NOT_CLOSED -> "\"Alice <sip:a@h>;tag=x";
            case BRACKET_NOT_CLOSED -> "<sip:a@h;tag=x";
            case ADDRESS_WITHOUT_SCHEME -> any("alice;tag=x", "<alice>;tag=x", "alice@h;tag=x", "<>;tag=x", "");
            case ADDRESS_TWICE -> "<sip:a@h>;tag=x, <sip:b@h>;tag=y";
            case ADDRESS_EMPTY_PARAMETER -> any("<sip:a@h>;;tag=x", "<sip:a@h>;tag=x;", "<sip:a@h>;=x;tag=x");
            case EMPTY_TAG -> any("<sip:a@h>;tag=", "<sip:a@h>;tag", "<sip:a@h>;tag=x;tag=y", "<sip:a@h>;tag=\"x\"");
            default -> any("< sip:a@h >;tag=x", "<sip:a@h >;tag=x", "Alice sip:a@h;tag=x");
        });
        return d.has(name);
    }

    private boolean field(Draft d, Oddity oddity) {
        String name = switch (oddity) {
            case CSEQ_NUMBER, CSEQ_METHOD -> "cseq";
            case MAX_FORWARDS -> "max-forwards";
            case CALL_ID_SPACE -> "call-id";
            default -> "content-length";
        };
        int length = d.body.length();
        d.change(name, value -> switch (oddity) {
            case CSEQ_NUMBER ->
                any("-1 ", "2147483648 ", "4294967296 ", "36893488147419103232 ", "x ", "1", "") + d.method;
            case CSEQ_METHOD -> "1 " + any("OTHER", d.method.toLowerCase(java.util.Locale.ROOT) + "x", "");
            case MAX_FORWARDS -> any("256", "-1", "x", "", "300", "7 7");
            case CALL_ID_SPACE -> any("a b", "", "a\r\n b");
            case CONTENT_LENGTH ->
                any("-1", "x", "", "4294967296", String.valueOf(length + 1), length + ", " + length, "+" + length);
            default -> String.valueOf(length);
        });
        if (oddity == Oddity.TWO_CONTENT_LENGTHS && d.has(name)) {
            d.add(name, "Content-Length: ", any(String.valueOf(length), String.valueOf(length + 3), "0"));
        }
        return d.has(name);
    }

    private String any(String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
