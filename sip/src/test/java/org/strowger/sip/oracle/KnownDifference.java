package org.strowger.sip.oracle;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.strowger.sip.ParseFailure;

/** Where our parser and the reference implementation differ on purpose, and why: the one list of it. */
final class KnownDifference {
    /** What only we refuse, and how. */
    private static final List<Stricter> STRICTER = List.of(
            new Stricter(Oddity.CALL_ID_SPACE, ParseFailure.MISSING_CALL_ID, "an empty Call-ID is none"),
            new Stricter(
                    Oddity.CSEQ_METHOD,
                    ParseFailure.CSEQ_METHOD_MISMATCH,
                    "RFC 3261 section 8.1.1.5: JAIN compares the methods only when the message is used"),
            new Stricter(
                    Oddity.CSEQ_NUMBER,
                    ParseFailure.BAD_CSEQ,
                    "RFC 3261 section 8.1.1.5: below 2**31; JAIN takes 2**32"),
            new Stricter(
                    Oddity.DUPLICATE_HEADER,
                    ParseFailure.DUPLICATE_HEADER,
                    "RFC 4475 section 3.3.8: JAIN takes one of the two"),
            new Stricter(
                    Oddity.NO_BLANK_LINE,
                    ParseFailure.NO_BLANK_LINE,
                    "RFC 3261 section 7: the empty line must be there"),
            new Stricter(
                    Oddity.REQUEST_LINE_SPACES,
                    ParseFailure.BAD_REQUEST_LINE,
                    "RFC 4475 sections 3.1.2.9 and 3.1.2.10: JAIN guesses"),
            new Stricter(
                    Oddity.REQUEST_URI_HEADERS,
                    ParseFailure.BAD_REQUEST_URI,
                    "RFC 4475 section 3.1.2.11: a proxy must not forward them"),
            new Stricter(Oddity.REQUEST_URI_HOST, ParseFailure.BAD_REQUEST_URI, "JAIN takes [] for a host"),
            new Stricter(Oddity.REQUEST_URI_PORT, ParseFailure.BAD_REQUEST_URI, "JAIN takes ports above 65535"),
            new Stricter(
                    Oddity.REQUEST_URI_SPACE,
                    ParseFailure.BAD_REQUEST_URI,
                    "RFC 4475 section 3.1.2.8: JAIN cuts the URI off"),
            new Stricter(Oddity.STATUS_CODE, ParseFailure.BAD_STATUS_LINE, "RFC 3261 section 7.2: 100..699"),
            new Stricter(
                    Oddity.TWO_CONTENT_LENGTHS,
                    ParseFailure.BAD_CONTENT_LENGTH,
                    "RFC 4475 section 3.3.9: JAIN takes one of the two"),
            new Stricter(Oddity.VERSION, ParseFailure.BAD_VERSION, "RFC 3261 section 7.1: SIP/2.0"),
            new Stricter(
                    Oddity.VIA_EMPTY_VALUE,
                    ParseFailure.BAD_VIA,
                    "RFC 3261 section 20.42: these parameters have values, and we write next to them"),
            new Stricter(
                    Oddity.VIA_HOST,
                    ParseFailure.BAD_VIA,
                    "RFC 3261 section 25.1: JAIN puts missing brackets around an IPv6 address"),
            new Stricter(Oddity.VIA_PORT, ParseFailure.BAD_VIA, "JAIN takes ports above 65535"),
            new Stricter(Oddity.VIA_PROTOCOL, ParseFailure.BAD_VIA, "RFC 3261 section 20.42: SIP/2.0"),
            new Stricter(
                    Oddity.VIA_TRAILING_COMMA, ParseFailure.BAD_VIA, "RFC 4475 section 3.1.2.1: nothing after a comma"),
            new Stricter(
                    Oddity.REQUEST_LINE_SPACES,
                    ParseFailure.NOT_SIP,
                    "a line that begins with white space or has a tab is no request line"));

    /** What only JAIN refuses. */
    private static final Map<Oddity, String> LAXER = new EnumMap<>(Map.of(
            Oddity.ADDRESS_WITHOUT_SCHEME,
                    "a proxy passes From and To on whatever their URI is (RFC 4475 section 3.3.4)",
            Oddity.MAX_FORWARDS, "in a response nobody reads it",
            Oddity.VIA_TRAILING_COMMA, "a proxy reads the topmost Via; the next one is its writer's affair"));

    private record Stricter(Oddity oddity, ParseFailure failure, String reason) {}

    private KnownDifference() {}

    /** The reason, or nothing. */
    static String explain(Draft draft, String part, Reading ours, Reading jain) {
        String mine = ours.parts().getOrDefault(part, "");
        String theirs = jain.parts().getOrDefault(part, "");
        return switch (part) {
            case "verdict" -> verdict(draft, ours);
            case "content-length" ->
                mine.equals("-1") && theirs.equals("0") && !draft.has("content-length")
                        ? "JAIN adds the Content-Length that is not there"
                        : "";
            case "body" ->
                theirs.equals("0") && !draft.has("content-length") && mine.equals(Integer.toString(draft.body.length()))
                        ? "RFC 3261 section 18.3: without Content-Length the body is the rest of the datagram; JAIN drops it"
                        : "";
            case "call-id" ->
                draft.oddities.contains(Oddity.CALL_ID_SPACE)
                                && mine.replaceAll("\\s+", " ").equals(theirs)
                        ? "only unfolding tells them apart"
                        : "";
            case "from tag", "to tag" -> tag(draft, mine, theirs);
            case "vias" ->
                draft.oddities.contains(Oddity.VIA_TRAILING_COMMA) ? "we stop at the Via that cannot be read" : "";
            default -> "";
        };
    }

    private static String verdict(Draft draft, Reading ours) {
        for (Oddity oddity : draft.oddities) {
            if (ours.isAccepted()) {
                return LAXER.getOrDefault(oddity, "");
            }
            for (Stricter stricter : STRICTER) {
                if (stricter.oddity() == oddity && stricter.failure().name().equals(ours.reason())) {
                    return stricter.reason();
                }
            }
        }
        return "";
    }

    private static String tag(Draft draft, String mine, String theirs) {
        if (!draft.oddities.contains(Oddity.EMPTY_TAG)) {
            return "";
        }
        if (mine.equals("\"" + theirs + "\"")) {
            return "JAIN takes the quotes off a tag, which is no token then; we only compare it";
        }
        return mine.equals("-") && theirs.isEmpty() ? "a tag without a value is none" : "";
    }
}
