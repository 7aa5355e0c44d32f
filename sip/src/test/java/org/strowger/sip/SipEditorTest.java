package org.strowger.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Splices in one copy. */
class SipEditorTest {
    private static final String MESSAGE =
            "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n"
                    + "To: <sip:a@b>\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\n\r\nbody";

    private final SipMessage message = new SipMessage(16);
    private final SipEditor editor = new SipEditor();
    private final byte[] out = new byte[4096];

    @Test
    void nothingEditedIsTheSameBytes() {
        parse();
        editor.begin(message);
        assertThat(result()).isEqualTo(MESSAGE);
    }

    @Test
    void splicesAddedInAnyOrderComeOutByPlace() {
        parse();
        editor.begin(message);
        int body = editor.mark();
        editor.put("X: 1\r\n".getBytes(ISO_8859_1));
        editor.insert(message.lineStart(4), body);
        int first = editor.mark();
        editor.put("Via: one\r\n".getBytes(ISO_8859_1));
        editor.insert(message.lineStart(0), first);
        editor.delete(message.lineStart(1), message.lineEnd(1));
        int number = editor.mark();
        editor.putNumber(69);
        editor.replace(message.valueStart(3), message.valueEnd(3), number);
        assertThat(result())
                .isEqualTo(MESSAGE.replace("Via:", "Via: one\r\nVia:")
                        .replace("From: <sip:a@b>;tag=1\r\n", "")
                        .replace("Call-ID: x", "Call-ID: 69")
                        .replace("CSeq", "X: 1\r\nCSeq"));
    }

    @Test
    void randomSplicesEqualTheStringModel() {
        SplittableRandom random = new SplittableRandom(20261123);
        for (int round = 0; round < 2000; round++) {
            parse();
            editor.begin(message);
            StringBuilder model = new StringBuilder(MESSAGE);
            int upper = MESSAGE.length();
            for (int n = random.nextInt(6); n > 0 && upper > 1; n--) {
                int to = random.nextInt(1, upper);
                int from = Math.max(0, to - random.nextInt(8));
                String text = "t".repeat(random.nextInt(5));
                int mark = editor.mark();
                editor.put(text.getBytes(ISO_8859_1));
                editor.replace(from, to, mark);
                model.replace(from, to, text);
                upper = from;
            }
            assertThat(result()).isEqualTo(model.toString());
        }
    }

    @Test
    void tooLongAResultIsRefused() {
        parse();
        editor.begin(message);
        assertThat(editor.apply(new byte[MESSAGE.length() - 1])).isEqualTo(-1);
    }

    private void parse() {
        byte[] bytes = MESSAGE.getBytes(ISO_8859_1);
        assertThat(new SipParser().parse(bytes, 0, bytes.length, message)).isEqualTo(ParseFailure.NONE);
    }

    private String result() {
        int length = editor.apply(out);
        assertThat(length).isEqualTo(editor.length());
        return new String(out, 0, length, ISO_8859_1);
    }
}
