package org.strowger.sip.cookie;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.strowger.sip.IpPort;
import org.strowger.sip.cookie.Cookie.Kind;
import org.strowger.sip.cookie.CookieSamples.Form;

/** What is written is read, and nothing else is. */
class CookieCodecTest {
    private static final ClusterKey KEY = ClusterKey.fromBase64("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");

    private static final int MAX_TEXT_IPV4 = 48;

    private final Random random = new Random(42);
    private final CookieCodec codec = new CookieCodec(KEY, Optional.empty());
    private final Cookie cookie = new Cookie();
    private final Cookie read = new Cookie();

    @Test
    void theBytesOfVersionOneNeverChange() {
        IpPort peer = new IpPort();
        peer.setIpv4(0xC000_0201, 5060);
        cookie.clear(Kind.VIA);
        cookie.setListener(7);
        cookie.setAddress(peer);
        cookie.setBackend(0x89AB_CDEFL);
        cookie.setAttempt(3);
        cookie.setTowardsClient(true);
        cookie.setLoopHash(0x0123_4567);
        cookie.setTransactionHash(0x1122_3344_5566_7788L);
        assertThat(new String(write(codec), US_ASCII)).isEqualTo("EDsHg8AAAgETxImrze8RIjNEVWZ3iAEjRWe4TfgNhWfhIQ");
    }

    @Test
    void everyKindAndFormIsReadAsWritten() {
        for (int i = 0; i < 2_000; i++) {
            byte[] text = anyCookie();
            assertThat(codec.read(text, 0, text.length, read)).isEqualTo(CookieVerdict.OK);
            assertThat(CookieSamples.text(read)).isEqualTo(CookieSamples.text(cookie));
        }
    }

    @Test
    void theTextFitsTheBudget() {
        for (Kind kind : Kind.values()) {
            for (Form form : Form.values()) {
                CookieSamples.fill(cookie, kind, form, random);
                int max = form == Form.IPV6 ? CookieCodec.MAX_TEXT : MAX_TEXT_IPV4;
                assertThat(write(codec).length).as("%s %s", kind, form).isLessThanOrEqualTo(max);
            }
        }
        CookieSamples.fill(cookie, Kind.VIA, Form.FLOW, random);
        assertThat(write(codec)).hasSize(MAX_TEXT_IPV4);
        CookieSamples.fill(cookie, Kind.VIA, Form.IPV6, random);
        cookie.setPortLoop(255);
        assertThat(write(codec)).hasSize(CookieCodec.MAX_TEXT);
    }

    @Test
    void everyFlippedBitIsRefused() {
        for (Kind kind : Kind.values()) {
            for (Form form : Form.values()) {
                CookieSamples.fill(cookie, kind, form, random);
                byte[] text = write(codec);
                byte[] raw = Base64.getUrlDecoder().decode(text);
                for (int bit = 0; bit < raw.length * 8; bit++) {
                    byte[] changed = raw.clone();
                    changed[bit >> 3] ^= (byte) (1 << (bit & 7));
                    byte[] forged = Base64.getUrlEncoder().withoutPadding().encode(changed);
                    assertThat(codec.read(forged, 0, forged.length, read).isValid())
                            .as("%s %s bit %d", kind, form, bit)
                            .isFalse();
                }
                for (int bit = 0; bit < text.length * 8; bit++) {
                    byte[] changed = text.clone();
                    changed[bit >> 3] ^= (byte) (1 << (bit & 7));
                    assertThat(codec.read(changed, 0, changed.length, read).isValid())
                            .as("%s %s bit %d of the text", kind, form, bit)
                            .isFalse();
                }
            }
        }
    }

    @Test
    void everyTruncationAndExtensionIsRefused() {
        for (int i = 0; i < 100; i++) {
            byte[] text = anyCookie();
            for (int length = 0; length < text.length; length++) {
                assertThat(codec.read(text, 0, length, read).isValid()).isFalse();
                assertThat(codec.read(text, text.length - length, text.length, read)
                                .isValid())
                        .isFalse();
            }
            for (char extra : "A-_=Z0 ".toCharArray()) {
                byte[] longer = Arrays.copyOf(text, text.length + 1);
                longer[text.length] = (byte) extra;
                assertThat(codec.read(longer, 0, longer.length, read).isValid()).isFalse();
            }
        }
    }

    @Test
    void verdictsSayWhatIsWrong() {
        CookieSamples.fill(cookie, Kind.RECORD_ROUTE, Form.IPV4, random);
        byte[] raw = Base64.getUrlDecoder().decode(write(codec));
        assertThat(verdict(raw, 0, 0x40)).isEqualTo(CookieVerdict.WRONG_VERSION);
        assertThat(verdict(raw, 1, 0x01)).isEqualTo(CookieVerdict.UNKNOWN_KEY);
        assertThat(verdict(raw, 9, 0x01)).isEqualTo(CookieVerdict.BAD_MAC);
        assertThat(verdict(raw, raw.length - 1, 0x80)).isEqualTo(CookieVerdict.BAD_MAC);
        // Kind 3 and form 3 are none; kind 0 and form 1 have other lengths.
        assertThat(verdict(raw, 0, 0x08)).isEqualTo(CookieVerdict.WRONG_VERSION);
        assertThat(verdict(raw, 0, 0x03)).isEqualTo(CookieVerdict.WRONG_VERSION);
        assertThat(verdict(raw, 0, 0x04)).isEqualTo(CookieVerdict.MALFORMED);
        assertThat(verdict(raw, 0, 0x01)).isEqualTo(CookieVerdict.MALFORMED);
        for (String text : new String[] {"", "alice", "bob.smith%40example.com-and-more"}) {
            byte[] bytes = text.getBytes(US_ASCII);
            assertThat(codec.read(bytes, 0, bytes.length, read)).isEqualTo(CookieVerdict.MALFORMED);
        }
    }

    @Test
    void leftOverBitsMustBeZero() {
        CookieSamples.fill(cookie, Kind.VIA, Form.IPV4, random);
        cookie.setPortLoop(-1);
        byte[] text = write(codec);
        String letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        char last = letters.charAt(letters.indexOf(text[text.length - 1]) + 1);
        text[text.length - 1] = (byte) last;
        assertThat(Base64.getUrlDecoder().decode(text)).hasSize(34);
        assertThat(codec.read(text, 0, text.length, read)).isEqualTo(CookieVerdict.MALFORMED);
    }

    @Test
    void aRefusedCookieLeavesTheTargetAlone() {
        CookieSamples.fill(read, Kind.VIA, Form.FLOW, random);
        String before = CookieSamples.text(read);
        CookieSamples.fill(cookie, Kind.RECORD_ROUTE, Form.IPV4, random);
        byte[] raw = Base64.getUrlDecoder().decode(write(codec));
        assertThat(verdict(raw, 12, 1)).isEqualTo(CookieVerdict.BAD_MAC);
        assertThat(CookieSamples.text(read)).isEqualTo(before);
    }

    @Test
    void rotationLosesNoCookieUntilThePreviousKeyGoes() {
        ClusterKey next = anyKey(new Random(1));
        ClusterKey last = anyKey(new Random(2));
        CookieSamples.fill(cookie, Kind.PATH, Form.FLOW, random);
        byte[] old = write(codec);
        CookieCodec rotated = new CookieCodec(next, Optional.of(KEY));
        assertThat(rotated.read(old, 0, old.length, read)).isEqualTo(CookieVerdict.OK_PREVIOUS_KEY);
        assertThat(CookieSamples.text(read)).isEqualTo(CookieSamples.text(cookie));
        byte[] fresh = write(rotated);
        assertThat(rotated.read(fresh, 0, fresh.length, read)).isEqualTo(CookieVerdict.OK);
        assertThat(codec.read(fresh, 0, fresh.length, read)).isEqualTo(CookieVerdict.UNKNOWN_KEY);
        CookieCodec later = new CookieCodec(last, Optional.of(next));
        assertThat(later.read(old, 0, old.length, read)).isEqualTo(CookieVerdict.UNKNOWN_KEY);
        // The other node may rotate first.
        CookieCodec notYet = new CookieCodec(KEY, Optional.of(next));
        assertThat(notYet.read(fresh, 0, fresh.length, read)).isEqualTo(CookieVerdict.OK_PREVIOUS_KEY);
    }

    @Test
    void aRequestRepeatedAfterARotationGetsTheBranchThatItHad() {
        ClusterKey next = anyKey(new Random(4));
        CookieSamples.fill(cookie, Kind.VIA, Form.IPV4, random);
        CookieCodec rotating = new CookieCodec(KEY, Optional.empty());
        byte[] branch = write(rotating);
        int change = rotating.use(next, Optional.of(KEY));
        assertThat(write(rotating)).isEqualTo(branch);
        assertThat(rotating.use(KEY, Optional.of(next))).isGreaterThan(change);
        int last = rotating.use(next, Optional.of(KEY));
        rotating.settle(change);
        assertThat(write(rotating)).isEqualTo(branch);
        rotating.settle(last);
        assertThat(write(rotating)).isNotEqualTo(branch);
    }

    @Test
    void aFormerKeyThatIsNotAcceptedAnyMoreSignsNothing() {
        ClusterKey next = anyKey(new Random(5));
        CookieSamples.fill(cookie, Kind.VIA, Form.IPV4, random);
        CookieCodec rotating = new CookieCodec(KEY, Optional.empty());
        rotating.use(next, Optional.empty());
        byte[] branch = write(rotating);
        assertThat(rotating.read(branch, 0, branch.length, read)).isEqualTo(CookieVerdict.OK);
    }

    @Test
    void onlyBranchesWaitForTheNewKey() {
        ClusterKey next = anyKey(new Random(6));
        CookieSamples.fill(cookie, Kind.RECORD_ROUTE, Form.IPV4, random);
        CookieCodec rotating = new CookieCodec(KEY, Optional.empty());
        byte[] route = write(rotating);
        rotating.use(next, Optional.of(KEY));
        assertThat(write(rotating)).isNotEqualTo(route);
    }

    @Test
    void keysThatShareAnIdAreToldApartByTheMac() {
        Random seeds = new Random(3);
        ClusterKey twin = anyKey(seeds);
        while (twin.id() != KEY.id()) {
            twin = anyKey(seeds);
        }
        CookieSamples.fill(cookie, Kind.VIA, Form.IPV4, random);
        byte[] old = write(codec);
        CookieCodec rotated = new CookieCodec(twin, Optional.of(KEY));
        assertThat(rotated.read(old, 0, old.length, read)).isEqualTo(CookieVerdict.OK_PREVIOUS_KEY);
        assertThat(new CookieCodec(twin, Optional.empty()).read(old, 0, old.length, read))
                .isEqualTo(CookieVerdict.BAD_MAC);
    }

    @Test
    void randomTextsAreRefusedWithoutAnException() {
        byte[] letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".getBytes(US_ASCII);
        for (int i = 0; i < 50_000; i++) {
            byte[] text = new byte[random.nextInt(200)];
            random.nextBytes(text);
            if ((i & 1) == 0) {
                for (int j = 0; j < text.length; j++) {
                    text[j] = letters[text[j] & 63];
                }
            }
            assertThat(codec.read(text, 0, text.length, read).isValid()).isFalse();
        }
    }

    @Test
    void aBackendHasTheSameNameEverywhere() {
        assertThat(BackendIdentity.hash("udp:10.0.1.10:5060")).isEqualTo(0xE655_A6E7_BA16L);
    }

    private static ClusterKey anyKey(Random seeds) {
        byte[] secret = new byte[ClusterKey.LENGTH];
        seeds.nextBytes(secret);
        return ClusterKey.of(secret);
    }

    private CookieVerdict verdict(byte[] raw, int index, int bits) {
        byte[] changed = raw.clone();
        changed[index] ^= (byte) bits;
        byte[] text = Base64.getUrlEncoder().withoutPadding().encode(changed);
        return codec.read(text, 0, text.length, read);
    }

    private byte[] anyCookie() {
        Kind kind = Kind.values()[random.nextInt(3)];
        CookieSamples.fill(cookie, kind, Form.values()[random.nextInt(3)], random);
        return write(codec);
    }

    /** In the middle of an array, to see that nothing around the text is touched. */
    private byte[] write(CookieCodec by) {
        byte[] out = new byte[5 + CookieCodec.MAX_TEXT];
        int end = by.write(cookie, out, 5);
        assertThat(Arrays.copyOf(out, 5)).containsOnly(0);
        assertThat(Arrays.copyOfRange(out, end, out.length)).satisfies(rest -> {
            for (byte b : rest) {
                assertThat(b).isZero();
            }
        });
        return Arrays.copyOfRange(out, 5, end);
    }
}
