package org.strowger.sip.cookie;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.Optional;

/** Reading cookies: no text but one that we wrote is valid. */
class CookieFuzzTest {
    private final CookieCodec codec = new CookieCodec(ClusterKey.of(new byte[ClusterKey.LENGTH]), Optional.empty());
    private final Cookie cookie = new Cookie();

    @FuzzTest(maxDuration = "10m")
    void aValidTextIsTheOneThatWouldBeWritten(byte[] text) {
        if (!codec.read(text, 0, text.length, cookie).isValid()) {
            return;
        }
        byte[] out = new byte[CookieCodec.MAX_TEXT];
        assertThat(Arrays.copyOf(out, codec.write(cookie, out, 0))).isEqualTo(text);
    }
}
