package org.strowger.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Reading requests that were changed at random: pieces make no difference, and what is accepted has no second meaning. */
class Http1ReaderMutationTest {
    private static final String LETTERS =
            "\r\n\r\n :;,0123456789abcdefTransfer-Encoding: chunked\0\t\u00e4Content-Length: 5";

    @Test
    void piecesMakeNoDifference() {
        SplittableRandom random = new SplittableRandom(17);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(Http1ReaderTest.TWO);
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                change(text, random);
            }
            hold(text.toString(), 1 + random.nextInt(40));
        }
    }

    private static void change(StringBuilder text, SplittableRandom random) {
        int at = random.nextInt(text.length());
        int letter = random.nextInt(LETTERS.length());
        switch (random.nextInt(4)) {
            case 0 -> text.setCharAt(at, LETTERS.charAt(letter));
            case 1 -> text.deleteCharAt(at);
            case 2 -> text.insert(at, LETTERS.substring(letter));
            default -> text.insert(at, text.substring(at, Math.min(text.length(), at + 20)));
        }
    }

    private static void hold(String text, int size) {
        Recorded whole = Recorded.of(text);
        Recorded pieces = Recorded.inPieces(text, size);

        assertThat(pieces.fault).as(text).isEqualTo(whole.fault);
        assertThat(pieces.body.toString()).as(text).isEqualTo(whole.body.toString());
        assertThat(pieces.heads).as(text).hasSameSizeAs(whole.heads);
        for (RequestHead head : whole.heads) {
            assertThat(head.fields().contains("Transfer-Encoding")).as(text).isFalse();
            assertThat(head.fields().contains("Content-Length")).as(text).isFalse();
            assertThat(head.fields().entries())
                    .as(text)
                    .allMatch(field -> FieldSyntax.isToken(field.getKey()) && FieldSyntax.isValue(field.getValue()));
        }
    }
}
