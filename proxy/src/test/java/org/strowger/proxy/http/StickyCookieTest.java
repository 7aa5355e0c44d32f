package org.strowger.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.strowger.sip.cookie.ClusterKey;
import org.strowger.sip.cookie.CookieCodec;
import org.strowger.sip.cookie.CookieVerdict;

class StickyCookieTest {
    private static final ClusterKey OLD = ClusterKey.of(key(1));
    private static final ClusterKey NEW = ClusterKey.of(key(2));
    private static final Sticky LAX = new Sticky("S", Sticky.Pages.LAX);
    private final StickyCookie sticky = new StickyCookie(new CookieCodec(OLD, Optional.empty()));

    private static byte[] key(int seed) {
        byte[] key = new byte[ClusterKey.LENGTH];
        new SplittableRandom(seed).nextBytes(key);
        return key;
    }

    private static HttpHeaders cookie(String value) {
        return FieldSyntax.fields().add("Cookie", value);
    }

    private static String pair(String setCookie) {
        return setCookie.substring(0, setCookie.indexOf(';'));
    }

    @Test
    void whatIsMadeIsRead() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 1000; i++) {
            long backend = random.nextLong(1L << 48);
            String made = sticky.make(LAX, backend, Visitor.Security.PLAIN);

            assertThat(sticky.read(cookie("a=b; " + pair(made) + ";c=d"), "S")).isEqualTo(CookieVerdict.OK);
            assertThat(sticky.backend()).isEqualTo(backend);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "LAX, PLAIN, '; SameSite=Lax'",
        "LAX, TLS, '; SameSite=Lax; Secure'",
        "STRICT, PLAIN, '; SameSite=Strict'",
        "STRICT, TLS, '; SameSite=Strict; Secure'",
        "NONE, PLAIN, '; SameSite=None; Secure'",
        "NONE, TLS, '; SameSite=None; Secure'",
        "PARTITIONED, PLAIN, '; SameSite=None; Secure; Partitioned'",
        "PARTITIONED, TLS, '; SameSite=None; Secure; Partitioned'"
    })
    void itIsForThosePagesAndNotForScripts(Sticky.Pages pages, Visitor.Security security, String attributes) {
        String made = sticky.make(new Sticky("S", pages), 7, security);

        assertThat(pair(made)).matches("S=[\\w-]{22}");
        assertThat(made).isEqualTo(pair(made) + "; Path=/; HttpOnly" + attributes);
    }

    @Test
    void noChangedCookieVerifies() {
        String good = pair(sticky.make(LAX, 7, Visitor.Security.PLAIN));
        for (int i = 2; i < good.length(); i++) {
            for (char c : "Ab0-_= ;".toCharArray()) {
                String bad = good.substring(0, i) + c + good.substring(i + 1);
                if (!bad.equals(good)) {
                    assertThat(sticky.read(cookie(bad), "S").isValid()).as(bad).isFalse();
                }
            }
        }
        assertThat(sticky.read(cookie("S="), "S").isValid()).isFalse();
        assertThat(sticky.read(cookie("SX=1"), "S").isValid()).isFalse();
        assertThat(sticky.read(FieldSyntax.fields(), "S").isValid()).isFalse();
    }

    @Test
    void thePreviousKeyIsAccepted() {
        String made = pair(sticky.make(LAX, 7, Visitor.Security.PLAIN));
        StickyCookie rotated = new StickyCookie(new CookieCodec(NEW, Optional.of(OLD)));
        StickyCookie strange = new StickyCookie(new CookieCodec(NEW, Optional.empty()));

        assertThat(rotated.read(cookie(made), "S")).isEqualTo(CookieVerdict.OK_PREVIOUS_KEY);
        assertThat(strange.read(cookie(made), "S").isValid()).isFalse();
    }

    @Test
    void aForeignCookieOfTheSameNameDoesNotHideOurs() {
        String made = pair(sticky.make(LAX, 7, Visitor.Security.PLAIN));

        assertThat(sticky.read(cookie("S=foreign; " + made), "S")).isEqualTo(CookieVerdict.OK);
    }
}
