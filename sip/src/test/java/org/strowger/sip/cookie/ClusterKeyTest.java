package org.strowger.sip.cookie;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Where the cluster key comes from and what it never shows. */
class ClusterKeyTest {
    private static final String TEXT = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    @Test
    void paddingAndWhiteSpaceDoNotMatter() {
        ClusterKey key = ClusterKey.parse(TEXT);
        for (String text : new String[] {TEXT.replace("=", ""), TEXT + "\n", "  " + TEXT}) {
            assertThat(ClusterKey.parse(text).id()).isEqualTo(key.id());
            assertThat(ClusterKey.parse(text).hashing().hash(1))
                    .isEqualTo(key.hashing().hash(1));
        }
    }

    @Test
    void derivedKeysStayTheSameInEveryVersion() {
        ClusterKey key = ClusterKey.parse(TEXT);
        assertThat(key.id()).isEqualTo(100);
        assertThat(key.signing().hash(0)).isEqualTo(0xA2087E6817F47D04L);
        assertThat(key.hashing().hash(0)).isEqualTo(0x5B5C0235684215D9L);
    }

    @Test
    void aWrongLengthIsNamed() {
        String text = Base64.getEncoder().encodeToString(new byte[31]);
        assertThatThrownBy(() -> ClusterKey.parse(text))
                .hasMessage("cluster-key: 31 bytes (expected: 32 bytes, base64)");
        assertThatThrownBy(() -> ClusterKey.parse("")).hasMessage("cluster-key: 0 bytes (expected: 32 bytes, base64)");
    }

    @Test
    void whatIsNotBase64IsRefusedWithoutShowingIt() {
        assertThatThrownBy(() -> ClusterKey.parse("my secret"))
                .hasMessage("cluster-key: not base64 (expected: 32 bytes, base64)");
    }

    @Test
    void textFormsShowTheIdOnly() {
        ClusterKey key = ClusterKey.parse(TEXT);
        assertThat(key).hasToString("ClusterKey[id=" + key.id() + "]");
        assertThat(key.hashing()).hasToString("SipHash-2-4");
    }

    @Test
    void generatedKeysDiffer() {
        Random random = new Random(1);
        assertThat(ClusterKey.generate(random).hashing().hash(1))
                .isNotEqualTo(ClusterKey.generate(random).hashing().hash(1));
    }
}
