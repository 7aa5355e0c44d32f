package org.strowger.proxy.http;

import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.strowger.sip.cookie.CookieCodec;
import org.strowger.sip.cookie.CookieVerdict;
import org.strowger.sip.cookie.StickyValue;
import org.strowger.threading.RunsOn;

/** Reads and makes the cookie that leads a client to the same backend again (RFC 6265). It is signed and names no address. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class StickyCookie {
    /** Cookies of one name that are looked at: a sibling domain may have set one, too. */
    private static final int MAX_TRIED = 4;

    private final CookieCodec codec;
    private final StickyValue value = new StickyValue();
    private final byte[] text = new byte[CookieCodec.MAX_STICKY_TEXT];

    StickyCookie(CookieCodec codec) {
        this.codec = codec;
    }

    /**
     * The verdict on the first cookie of that name that verifies, else on the last; malformed when there is none. The backend
     * is then in {@link #backend}.
     */
    CookieVerdict read(HttpHeaders fields, String name) {
        CookieVerdict verdict = CookieVerdict.MALFORMED;
        int tried = 0;
        for (String line : fields.getAll("Cookie")) {
            for (String pair : line.split(";", -1)) {
                String trimmed = FieldSyntax.trimmed(pair, 0);
                if (isNamed(trimmed, name) && tried++ < MAX_TRIED) {
                    byte[] bytes = trimmed.substring(name.length() + 1).getBytes(StandardCharsets.ISO_8859_1);
                    verdict = codec.readSticky(bytes, 0, bytes.length, value);
                    if (verdict == CookieVerdict.OK || verdict == CookieVerdict.OK_PREVIOUS_KEY) {
                        return verdict;
                    }
                }
            }
        }
        return verdict;
    }

    private static boolean isNamed(String pair, String name) {
        return pair.length() > name.length() && pair.charAt(name.length()) == '=' && pair.startsWith(name);
    }

    /** The identity that the last valid cookie named. */
    long backend() {
        return value.backend();
    }

    /** The value of Set-Cookie. */
    String make(Sticky sticky, long backend, Visitor.Security security) {
        value.set(backend);
        int end = codec.writeSticky(value, text, 0);
        return sticky.name() + "=" + new String(text, 0, end, StandardCharsets.US_ASCII) + "; Path=/; HttpOnly"
                + sticky.pages().attributes(security);
    }

    /** True when a request has a cookie of that name at all. */
    static boolean isPresent(HttpHeaders fields, String name) {
        List<String> lines = fields.getAll("Cookie");
        return lines.stream()
                .flatMap(line -> java.util.Arrays.stream(line.split(";", -1)))
                .anyMatch(pair -> isNamed(FieldSyntax.trimmed(pair, 0), name));
    }
}
