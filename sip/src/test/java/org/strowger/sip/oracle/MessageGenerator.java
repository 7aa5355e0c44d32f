package org.strowger.sip.oracle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Messages as they occur, as the grammar allows them, and as {@link Breaker} leaves them; the same for the same seed. */
final class MessageGenerator {
    private static final String[] METHODS = {
        "INVITE",
        "ACK",
        "BYE",
        "CANCEL",
        "REGISTER",
        "OPTIONS",
        "SUBSCRIBE",
        "NOTIFY",
        "MESSAGE",
        "INFO",
        "NEWMETHOD",
        "x-to.k%n"
    };
    private static final String[] HOSTS = {
        "example.com",
        "a.b-c.example.org",
        "192.0.2.17",
        "127.0.0.1",
        "[2001:db8::9:1]",
        "[::1]",
        "[::ffff:192.0.2.2]",
        "h",
        "EXAMPLE.com"
    };
    private static final String[] USERS = {
        "alice", "+15551234", "al%69ce", "a;phone-context=b", "a&b=c+d$e", "j_user!~*'()", "x?y/z", "%00", "a,b"
    };
    private static final String[] DISPLAY = {
        "",
        "Alice ",
        "Alice B. Smith  ",
        "\"Alice\" ",
        "\"A \\\"B\\\" \\\\ C\"",
        "\"<sip:x@y>;tag=no, no\" ",
        "\"\" ",
        "\"J\u00fcrgen \u5927\"\t"
    };
    private static final String[] TRANSPORTS = {"UDP", "TCP", "TLS", "WS", "WSS", "SCTP", "udp", "UNKNOWN"};

    private final Random random;
    private final Breaker breaker;

    MessageGenerator(Random random) {
        this.random = random;
        this.breaker = new Breaker(random);
    }

    Draft next() {
        Draft draft = new Draft();
        draft.request = random.nextInt(4) != 0;
        draft.method = any(METHODS);
        draft.uri = random.nextInt(10) == 0 ? "tel:+1-201-555-0123;phone-context=x" : uri(false);
        draft.startLine = draft.request ? draft.method + " " + draft.uri + " SIP/2.0" : statusLine();
        vias(draft);
        header(draft, "From", "f", address() + parameters() + ";" + any("tag", "Tag") + "=" + token());
        header(draft, "To", "t", address() + (random.nextBoolean() ? ";tag=" + token() : "") + parameters());
        header(draft, "Call-ID", "i", token() + (random.nextBoolean() ? "@" + any(HOSTS) : ""));
        header(
                draft,
                "CSeq",
                "",
                random.nextInt(3) * 40L * random.nextInt(10_000_000) + any(" ", "  ", "\t", "\r\n ") + draft.method);
        if (random.nextInt(8) != 0) {
            header(draft, "Max-Forwards", "", any("70", "0", "1", "255", "0070"));
        }
        others(draft);
        int length = random.nextInt(3) == 0 ? random.nextInt(2_000) : 0;
        draft.body = "b".repeat(length);
        if (random.nextInt(10) != 0) {
            header(draft, "Content-Length", "l", any("", "", "0") + length);
        }
        if (length > 0) {
            header(draft, "Content-Type", "c", "text/plain");
        }
        if (random.nextInt(4) == 0) {
            Collections.shuffle(draft.lines, random);
        }
        if (random.nextInt(5) < 2) {
            breaker.breakOneThing(draft);
        }
        return draft;
    }

    private String statusLine() {
        return "SIP/2.0 " + (100 + random.nextInt(600)) + " "
                + any("OK", "Ringing", "", "Not Found", "= 2**3 \u043d\u043e");
    }

    /** Several values, over one or several lines, with white space where the grammar allows it. */
    private void vias(Draft draft) {
        List<String> values = new ArrayList<>();
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
            values.add(via());
            if (n == 1 || random.nextBoolean()) {
                header(draft, "Via", "v", String.join(any(",", ", ", " ,\r\n "), values));
                values.clear();
            }
        }
    }

    private String via() {
        String slash = any("/", "/", "/", " / ", "  /\t");
        StringBuilder via = new StringBuilder("SIP").append(slash).append("2.0").append(slash);
        via.append(any(TRANSPORTS)).append(any(" ", " ", "  ", "\r\n ")).append(any(HOSTS));
        via.append(random.nextBoolean() ? ":" + (1 + random.nextInt(65_535)) : "");
        List<String> parameters = new ArrayList<>(List.of("branch=z9hG4bK" + token()));
        add(parameters, "rport", 2);
        add(parameters, "received=192.0.2." + random.nextInt(256), 4);
        add(parameters, "ttl=" + random.nextInt(256), 8);
        add(parameters, "maddr=224.2.0.1", 8);
        add(parameters, "x-new=\"a;b,c\"", 8);
        add(parameters, "keep", 8);
        Collections.shuffle(parameters, random);
        for (String parameter : parameters) {
            via.append(any(";", ";", "; ", " ;")).append(parameter);
        }
        return via.toString();
    }

    private String uri(boolean inBrackets) {
        StringBuilder uri = new StringBuilder(any("sip:", "sip:", "sips:", "SIP:"));
        if (random.nextInt(4) != 0) {
            // Without brackets a comma, semicolon or question mark would end the URI.
            String user = any(USERS);
            uri.append(inBrackets || !user.matches(".*[,;?].*") ? user : "bob");
            uri.append(random.nextInt(8) == 0 ? ":secret" : "").append('@');
        }
        uri.append(any(HOSTS));
        uri.append(random.nextInt(3) == 0 ? ":" + (1 + random.nextInt(65_535)) : "");
        for (int n = random.nextInt(3); n > 0; n--) {
            uri.append(any(
                    ";transport=udp",
                    ";transport=TCP",
                    ";lr",
                    ";user=phone",
                    ";maddr=192.0.2.9",
                    ";x=%41",
                    ";ttl=15",
                    ";novalue"));
        }
        return uri.toString();
    }

    private String address() {
        if (random.nextInt(4) == 0) {
            String uri = uri(false);
            int semicolon = uri.indexOf(';');
            return semicolon < 0 ? uri : uri.substring(0, semicolon);
        }
        return any(DISPLAY) + "<" + (random.nextInt(12) == 0 ? "tel:+1-201-555-0123" : uri(true)) + ">";
    }

    private String parameters() {
        return random.nextInt(3) == 0 ? any(";x=y", " ; x = y", ";x=\"a;b\\\"\"", ";novalue") : "";
    }

    private void others(Draft draft) {
        String[][] choices = {
            {"Contact", "m", "<" + uri(true) + ">;expires=60"},
            {"Route", "", "<sip:192.0.2.1;lr>, <sip:192.0.2.2;lr>"},
            {"Record-Route", "", "<" + uri(true) + ">"},
            {"Subject", "s", "a subject: with; odd, \"things\""},
            {"User-Agent", "", "Thing/1.0 (a comment)"},
            {"Supported", "k", "path, outbound"},
            {"X-Long", "", "x".repeat(random.nextInt(5_000))},
            {"X-Empty", "", ""},
            {"Allow", "", "INVITE, ACK, BYE"},
            {"Accept", "", "application/sdp"},
            {"Expires", "", "300"},
            {"P-Asserted-Identity", "", "<sip:a@example.com>"},
            {"Warning", "", "399 h \"text\""},
            {"X-Folded", "", "a\r\n b\r\n\tc"},
        };
        for (String[] choice : choices) {
            if (random.nextInt(5) == 0) {
                header(draft, choice[0], choice[1], choice[2]);
            }
        }
    }

    private void header(Draft draft, String name, String compact, String value) {
        String form = compact.isEmpty() || random.nextInt(4) != 0 ? name : compact;
        form = switch (random.nextInt(6)) {
            case 0 -> form.toUpperCase(java.util.Locale.ROOT);
            case 1 -> form.toLowerCase(java.util.Locale.ROOT);
            default -> form;
        };
        draft.add(name, form + any(": ", ": ", ":", " : ", ":\t", ":\r\n "), value + any("", "", "", " "));
    }

    private String token() {
        String letters = "abcXYZ019-.!%*_+`'~";
        StringBuilder token = new StringBuilder();
        for (int n = 1 + random.nextInt(12); n > 0; n--) {
            token.append(letters.charAt(random.nextInt(letters.length())));
        }
        return token.toString();
    }

    private void add(List<String> list, String text, int oneIn) {
        if (random.nextInt(oneIn) == 0) {
            list.add(text);
        }
    }

    private String any(String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
