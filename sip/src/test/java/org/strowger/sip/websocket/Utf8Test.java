package org.strowger.sip.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The JDK's decoder is the judge. */
final class Utf8Test {
    private static final byte[] EDGES = {
        0,
        0x7F,
        (byte) 0x80,
        (byte) 0x8F,
        (byte) 0x90,
        (byte) 0x9F,
        (byte) 0xA0,
        (byte) 0xBF,
        (byte) 0xC0,
        (byte) 0xC1,
        (byte) 0xC2,
        (byte) 0xDF,
        (byte) 0xE0,
        (byte) 0xE1,
        (byte) 0xEC,
        (byte) 0xED,
        (byte) 0xEE,
        (byte) 0xEF,
        (byte) 0xF0,
        (byte) 0xF1,
        (byte) 0xF3,
        (byte) 0xF4,
        (byte) 0xF5,
        (byte) 0xFF
    };

    private static boolean isValid(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    @Test
    void everySequenceOfEdgesIsJudgedAsByTheJdk() {
        int count = EDGES.length;
        for (int n = 0; n < count * count * count * count; n++) {
            byte[] bytes = {
                EDGES[n % count],
                EDGES[n / count % count],
                EDGES[n / count / count % count],
                EDGES[n / count / count / count]
            };
            if (Utf8.isValid(bytes, 0, 4) != isValid(bytes)) {
                assertThat(Utf8.isValid(bytes, 0, 4))
                        .as("%x", ByteBuffer.wrap(bytes).getInt())
                        .isEqualTo(isValid(bytes));
            }
        }
    }

    /** Text that is not whole yet is good as long as something makes it whole. */
    @Test
    void whatCanBecomeTextIsToldFromWhatCannot() {
        int count = EDGES.length;
        for (int n = 0; n < count * count * count; n++) {
            byte[] bytes = {EDGES[n % count], EDGES[n / count % count], EDGES[n / count / count], 0, 0, 0};
            for (int length = 1; length <= 3; length++) {
                assertThat(Utf8.wholeUntil(bytes, 0, length) >= 0)
                        .as("%d, %d bytes", n, length)
                        .isEqualTo(canBecomeText(bytes, length));
            }
        }
    }

    /** One of these follows wherever something can follow. */
    private static final byte[] FOLLOWERS = {(byte) 0x80, (byte) 0x90, (byte) 0xA0};

    private static boolean canBecomeText(byte[] bytes, int length) {
        for (int more = 0; more <= 3; more++) {
            byte[] whole = Arrays.copyOf(bytes, length + more);
            Arrays.fill(whole, length, whole.length, (byte) 0x80);
            for (byte next : more == 0 ? new byte[1] : FOLLOWERS) {
                if (more > 0) {
                    whole[length] = next;
                }
                if (isValid(whole)) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void longTextIsJudgedAsByTheJdkWhereverItBreaks() {
        Random random = new Random(7118);
        for (int n = 0; n < 20_000; n++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(24);
            for (int i = 0; i < length; i++) {
                int kind = random.nextInt(8);
                text.appendCodePoint(kind < 5 ? 'a' + kind : kind < 6 ? 0xE9 : kind < 7 ? 0x20AC : 0x1F600);
            }
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            if (bytes.length > 0 && random.nextBoolean()) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            assertThat(Utf8.isValid(bytes, 0, bytes.length)).isEqualTo(isValid(bytes));
        }
    }
}
