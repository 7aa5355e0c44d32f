package org.strowger.sip.cookie;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import org.junit.jupiter.api.Test;

/** Where the cluster key comes from and what it never shows. */
class ClusterKeyTest {
    private static final String TEXT = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    @Test
    void paddingAndWhiteSpaceDoNotMatter() {
        ClusterKey key = ClusterKey.fromBase64(TEXT);
        for (String text : new String[] {TEXT.replace("=", ""), TEXT + "\n", "  " + TEXT}) {
            assertThat(ClusterKey.fromBase64(text).id()).isEqualTo(key.id());
            assertThat(ClusterKey.fromBase64(text).signature().hash(new byte[1], 0, 1))
                    .isEqualTo(key.signature().hash(new byte[1], 0, 1));
        }
    }

    @Test
    void derivedKeysStayTheSameInEveryVersion() {
        ClusterKey key = ClusterKey.fromBase64(TEXT);
        assertThat(key.id()).isEqualTo(59);
        assertThat(key.signature().hash(new byte[0], 0, 0)).isEqualTo(0x700B4FB1672F1F55L);
    }

    @Test
    void aWrongLengthIsNamed() {
        String text = Base64.getEncoder().encodeToString(new byte[31]);
        assertThatThrownBy(() -> ClusterKey.fromBase64(text))
                .hasMessage("cluster-key: 31 bytes (expected: 32 bytes, base64)");
        assertThatThrownBy(() -> ClusterKey.fromBase64(""))
                .hasMessage("cluster-key: 0 bytes (expected: 32 bytes, base64)");
    }

    @Test
    void whatIsNotBase64IsRefusedWithoutShowingIt() {
        assertThatThrownBy(() -> ClusterKey.fromBase64("my secret"))
                .hasMessage("cluster-key: not base64 (expected: 32 bytes, base64)")
                .hasNoCause();
    }

    @Test
    void textFormsShowTheIdOnly() {
        ClusterKey key = ClusterKey.fromBase64(TEXT);
        assertThat(key).hasToString("ClusterKey[id=" + key.id() + "]");
    }
}
