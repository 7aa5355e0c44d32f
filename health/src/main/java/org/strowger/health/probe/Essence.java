package org.strowger.health.probe;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * The part of an answer that a probe looks at: status line, first Via, CSeq, Reason and load. JAIN SIP takes microseconds for
 * every header, and answers to OPTIONS are full of them.
 */
final class Essence {
    private static final List<byte[]> KEPT =
            List.of(name("Via"), name("v"), name("CSeq"), name("Reason"), name(ProbeAnswer.LOAD_HEADER));
    private static final int VIAS = 2;

    private Essence() {}

    private static byte[] name(String header) {
        return header.getBytes(US_ASCII);
    }

    /** A message with those lines alone, folded ones with all their parts. */
    static byte[] of(byte[] message) {
        ByteArrayOutputStream kept = new ByteArrayOutputStream(512);
        boolean keeping = true; // the first line
        boolean hasVia = false;
        int line = 0;
        while (line < message.length) {
            int end = endOfLine(message, line);
            if (isBlank(message, line, end)) {
                break;
            }
            if (line > 0 && message[line] != ' ' && message[line] != '\t') {
                int kind = kind(message, line, end);
                keeping = kind >= VIAS || (kind >= 0 && !hasVia);
                hasVia |= kind >= 0 && kind < VIAS;
            }
            if (keeping) {
                kept.write(message, line, end - line);
            }
            line = end;
        }
        kept.write('\r');
        kept.write('\n');
        return kept.toByteArray();
    }

    /** After the LF, or the end of the message. */
    private static int endOfLine(byte[] message, int from) {
        int at = from;
        while (at < message.length && message[at] != '\n') {
            at++;
        }
        return Math.min(message.length, at + 1);
    }

    private static boolean isBlank(byte[] message, int from, int end) {
        return message[from] == '\n' || (end - from == 2 && message[from] == '\r');
    }

    /** The place in {@link #KEPT} of the header on that line, or -1. */
    private static int kind(byte[] message, int from, int end) {
        int colon = from;
        while (colon < end && message[colon] != ':' && message[colon] != ' ' && message[colon] != '\t') {
            colon++;
        }
        for (int i = 0; i < KEPT.size(); i++) {
            if (isName(message, from, colon, KEPT.get(i))) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isName(byte[] message, int from, int to, byte[] name) {
        if (to - from != name.length) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            // Letters alone differ in bit 5 between cases; a hyphen has it set.
            if ((message[from + i] | 0x20) != (name[i] | 0x20)) {
                return false;
            }
        }
        return true;
    }
}
