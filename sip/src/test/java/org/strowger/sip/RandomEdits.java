package org.strowger.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Random changes to the header lines of one message, and the lines that the changed message must have. */
final class RandomEdits {
    private static final int MAX_EDITS = 60;

    private final RandomGenerator random;
    private final SipEditor editor = new SipEditor();
    private final SipParser parser = new SipParser();
    private final SipMessage changed = new SipMessage(512);
    private final byte[] out = new byte[128 * 1024];
    private final List<String> expected = new ArrayList<>();
    private int edits;

    RandomEdits(RandomGenerator random) {
        this.random = random;
    }

    /** Lines come in anywhere; those that the parser does not need are taken out or get another value. */
    void assertReadAsEdited(SipMessage m) {
        editor.begin(m);
        expected.clear();
        edits = 0;
        for (int i = 0; i < m.headerCount(); i++) {
            maybeInsert(m.lineStart(i));
            maybeChange(m, i);
        }
        maybeInsert(m.headerCount() == 0 ? m.bodyStart() - 2 : m.lineEnd(m.headerCount() - 1));
        int length = editor.apply(out);
        assertThat(length).isEqualTo(editor.length());
        assertThat(parser.parse(out, 0, length, changed))
                .as(() -> new String(out, 0, length, ISO_8859_1))
                .isEqualTo(ParseFailure.NONE);
        assertThat(lines(changed)).isEqualTo(expected);
        assertThat(body(changed)).isEqualTo(body(m));
        Spans.assertSound(changed);
    }

    static void assertUnchanged(SipMessage m, SipEditor editor) {
        byte[] out = new byte[m.end() - m.start()];
        editor.begin(m);
        assertThat(editor.apply(out)).isEqualTo(out.length);
        assertThat(new String(out, ISO_8859_1)).isEqualTo(text(m, m.start(), m.end()));
    }

    private void maybeInsert(int position) {
        while (edits < MAX_EDITS && random.nextInt(4) == 0) {
            String line = "X-Edit" + edits++ + ": " + "v".repeat(random.nextInt(20)) + "\r\n";
            int mark = editor.mark();
            editor.put(line.getBytes(ISO_8859_1));
            editor.insert(position, mark);
            expected.add(line);
        }
    }

    private void maybeChange(SipMessage m, int i) {
        String line = text(m, m.lineStart(i), m.lineEnd(i));
        int choice = edits == MAX_EDITS || m.headerId(i) != HeaderId.OTHER ? 2 : random.nextInt(4);
        switch (choice) {
            case 0 -> {
                edits++;
                editor.delete(m.lineStart(i), m.lineEnd(i));
            }
            case 1 -> {
                String value = "new " + edits++;
                int mark = editor.mark();
                editor.put(value.getBytes(ISO_8859_1));
                editor.replace(m.valueStart(i), m.valueEnd(i), mark);
                expected.add(text(m, m.lineStart(i), m.valueStart(i)) + value + text(m, m.valueEnd(i), m.lineEnd(i)));
            }
            default -> expected.add(line);
        }
    }

    private static List<String> lines(SipMessage m) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < m.headerCount(); i++) {
            lines.add(text(m, m.lineStart(i), m.lineEnd(i)));
        }
        return lines;
    }

    private static String body(SipMessage m) {
        return text(m, m.bodyStart(), m.end());
    }

    private static String text(SipMessage m, int from, int to) {
        return new String(m.bytes(), from, to - from, ISO_8859_1);
    }
}
