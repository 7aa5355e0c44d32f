package org.strowger.proxy.explain;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.strowger.proxy.explain.Explanation.CookieNote;
import org.strowger.proxy.routing.CookieFinding;
import org.strowger.proxy.routing.Inspection;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.routing.SipListener;
import org.strowger.proxy.routing.StableHash;
import org.strowger.sip.HeaderId;
import org.strowger.sip.NameAddr;
import org.strowger.sip.SipMessage;
import org.strowger.sip.SipUri;
import org.strowger.sip.Span;
import org.strowger.sip.Via;
import org.strowger.sip.cookie.Cookie;
import org.strowger.sip.cookie.CookieCodec;
import org.strowger.sip.cookie.CookieVerdict;
import org.strowger.threading.RunsOn;

/**
 * Finds our cookies in a message, says what they mean, and replaces them in all that is shown: a cookie that is signed is as
 * good as a letter of credit, and an explanation may be pasted anywhere.
 */
@RunsOn(RunsOn.Runner.ANY)
final class Cookies {
    private static final String MAGIC = "z9hG4bK";
    private static final Pattern MAYBE = Pattern.compile("[A-Za-z0-9_-]{20,}");

    private final CookieCodec codec;
    private final RoutingSnapshot snapshot;
    /** By text, in the order in which they were met. */
    private final Map<String, Integer> numbers = new LinkedHashMap<>();

    /** Something that stands where a cookie of ours may. */
    private record Found(String place, String text, CookieVerdict verdict, Cookie cookie, boolean isDue) {}

    Cookies(CookieCodec codec, RoutingSnapshot snapshot) {
        this.codec = codec;
        this.snapshot = snapshot;
    }

    /** Those in the places where ours may stand. */
    List<CookieNote> notes(SipMessage m, Inspection inspection, CookieFinding finding) {
        List<Found> found = new ArrayList<>();
        if (m.isRequest()) {
            add(found, "Request-URI", m, m.requestUri().user(), false);
            routes(m, inspection, found);
        }
        Optional<Found> deciding = finding == CookieFinding.CURRENT_KEY || finding == CookieFinding.PREVIOUS_KEY
                ? deciding(m, found)
                : Optional.empty();
        vias(m, found);
        Optional<Found> answered = m.isRequest() ? deciding : found.stream().findFirst();
        return found.stream()
                .map(f -> note(m, f, answered.filter(d -> d.equals(f)).isPresent()))
                .toList();
    }

    private static Optional<Found> deciding(SipMessage m, List<Found> found) {
        return m.isRequest()
                ? found.stream().filter(f -> f.verdict.isValid()).reduce((first, second) -> second)
                : Optional.empty();
    }

    private CookieNote note(SipMessage m, Found f, boolean deciding) {
        boolean valid = f.verdict.isValid();
        return new CookieNote(
                valid ? number(f.text) : 0, f.place, verdict(f.verdict), valid ? says(m, f.cookie) : "", deciding);
    }

    private void vias(SipMessage m, List<Found> found) {
        Via via = new Via();
        int number = 1;
        for (boolean present = m.firstVia(via); present; present = m.nextVia(via)) {
            boolean due = !m.isRequest() && number == 1;
            Span branch = via.branch();
            if (via.hasMagicBranch(m.bytes())) {
                int start = branch.start() + MAGIC.length();
                add(found, "Via " + number, m.bytes(), new int[] {start, branch.end()}, due);
            } else if (due) {
                found.add(new Found("Via 1", "", CookieVerdict.MALFORMED, new Cookie(), true));
            }
            number++;
        }
    }

    /** Route values from the top, as far as they are ours. */
    private void routes(SipMessage m, Inspection inspection, List<Found> found) {
        NameAddr value = new NameAddr();
        SipUri uri = new SipUri();
        int number = 1;
        for (int header = m.first(HeaderId.ROUTE); header >= 0; header = m.next(header)) {
            int at = m.valueStart(header);
            while (at >= 0) {
                boolean read = m.readNameAddr(at, m.valueEnd(header), value) && m.readUri(value.uri(), uri);
                boolean own = read && inspection.isOwn(uri);
                int before = found.size();
                if (read) {
                    add(found, "Route " + number, m, uri.user(), own);
                }
                if (!own && found.size() == before) {
                    return;
                }
                at = value.nextStart();
                number++;
            }
        }
    }

    private void add(List<Found> found, String place, SipMessage m, Span span, boolean due) {
        if (span.isPresent()) {
            add(found, place, m.bytes(), new int[] {span.start(), span.end()}, due);
        }
    }

    private void add(List<Found> found, String place, byte[] b, int[] range, boolean due) {
        Cookie cookie = new Cookie();
        CookieVerdict verdict = codec.read(b, range[0], range[1], cookie);
        boolean inPlace = place.startsWith("Via") == (cookie.kind() == Cookie.Kind.VIA);
        if ((verdict.isValid() && inPlace) || due) {
            found.add(new Found(place, new String(b, range[0], range[1] - range[0], ISO_8859_1), verdict, cookie, due));
        }
    }

    private static String verdict(CookieVerdict verdict) {
        return switch (verdict) {
            case OK -> "verifies";
            case OK_PREVIOUS_KEY -> "verifies with the previous key";
            case MALFORMED -> "is no cookie of ours";
            case WRONG_VERSION -> "is of a version that is not known";
            case UNKNOWN_KEY -> "is signed with a key that is not configured";
            case BAD_MAC -> "is forged or damaged: the signature is wrong";
        };
    }

    private String says(SipMessage m, Cookie cookie) {
        String client = client(cookie);
        String backend = backend(cookie.backend());
        return switch (cookie.kind()) {
            case VIA ->
                cookie.isTowardsClient()
                        ? "the request went to the client side; the response goes to " + client
                        : "the request went to " + backend + "; the response goes to " + client;
            case RECORD_ROUTE ->
                "dialog of " + backend + " with " + client + ", begun by the "
                        + (cookie.isBegunByClient() ? "client" : "backend") + direction(m, cookie);
            case PATH -> "registered at " + backend + " by " + client;
        };
    }

    private static String direction(SipMessage m, Cookie cookie) {
        if (!m.isRequest()) {
            return "";
        }
        Span tag = m.fromTag();
        int hash = tag.isPresent() ? (int) StableHash.STANDARD.hash(m.bytes(), tag.start(), tag.end()) : 0;
        boolean towardsBackend = (cookie.fromTagHash() == hash) == cookie.isBegunByClient();
        return "; this one goes towards the " + (towardsBackend ? "backend" : "client");
    }

    private String client(Cookie cookie) {
        String at = cookie.hasFlow()
                ? "a connection (" + Long.toHexString(cookie.flow()) + ")"
                : cookie.address().toString();
        return at + " on listener " + listener(cookie.listener()) + (cookie.isBehindNat() ? ", behind NAT" : "");
    }

    private String listener(int number) {
        return Inspection.listeners(snapshot).stream()
                .filter(listener -> listener.number() == number)
                .map(SipListener::name)
                .findFirst()
                .orElse(
                        number == RoutingSnapshot.BACKEND_SIDE
                                ? Origin.BACKEND_SIDE
                                : number + " (not configured any more)");
    }

    private String backend(long identity) {
        return identity == 0
                ? "no backend"
                : Inspection.backend(snapshot, identity)
                        .orElse("a backend that is not configured (" + Long.toHexString(identity) + ")");
    }

    private int number(String text) {
        return numbers.computeIfAbsent(text, unused -> numbers.size() + 1);
    }

    /** The text with each cookie that verifies replaced by its number, and without control characters. */
    String masked(String text) {
        return MAYBE.matcher(text)
                .replaceAll(this::masked)
                .codePoints()
                .map(c -> Character.isISOControl(c) && c != '\t' ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private String masked(MatchResult run) {
        String text = run.group();
        int start = text.startsWith(MAGIC) ? MAGIC.length() : 0;
        String candidate = text.substring(start);
        byte[] b = candidate.getBytes(ISO_8859_1);
        boolean ours = codec.read(b, 0, b.length, new Cookie()).isValid();
        return ours ? text.substring(0, start) + "<cookie " + number(candidate) + ">" : text;
    }

    /** What the cookies say that were met since the first {@code known} ones. */
    List<String> saidAfter(int known, SipMessage m) {
        List<String> said = new ArrayList<>();
        numbers.forEach((text, number) -> {
            if (number > known) {
                byte[] b = text.getBytes(ISO_8859_1);
                Cookie cookie = new Cookie();
                if (codec.read(b, 0, b.length, cookie).isValid()) {
                    String meaning = cookie.kind() == Cookie.Kind.RECORD_ROUTE
                            ? says(m, cookie).replaceFirst("; this one .*", "")
                            : says(m, cookie);
                    said.add("cookie " + number + ": " + meaning);
                }
            }
        });
        return said;
    }

    /** How many were met so far. */
    int count() {
        return numbers.size();
    }
}
