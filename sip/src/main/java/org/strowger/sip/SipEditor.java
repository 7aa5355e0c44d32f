package org.strowger.sip;

import java.util.Arrays;
import org.strowger.threading.RunsOn;

/**
 * Changes a message while copying it once: a list of splices (replace {@code [from, to)} of the message by these
 * bytes), collected in any order and applied in one pass. What no splice covers comes out byte for byte.
 *
 * <p>Splices must not overlap; those at one place come out in the order in which they were added. Replacement bytes are
 * first put into the editor's own text area:
 *
 * <pre>{@code
 * editor.begin(message);
 * int text = editor.mark();
 * editor.put(viaPrefix);
 * editor.insert(message.lineStart(0), text);
 * int length = editor.apply(out);
 * }</pre>
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class SipEditor {
    private static final int MAX_SPLICES = 64;

    private final int[] from = new int[MAX_SPLICES];
    private final int[] to = new int[MAX_SPLICES];
    private final int[] textFrom = new int[MAX_SPLICES];
    private final int[] textTo = new int[MAX_SPLICES];
    private byte[] text = new byte[2048];
    private int textEnd;
    private int splices;
    private boolean overflow;
    private SipMessage message = new SipMessage(0);

    /** Starts over with another message. */
    public void begin(SipMessage edited) {
        message = edited;
        splices = 0;
        textEnd = 0;
        overflow = false;
    }

    /** Where the next {@link #put} will write; passed back to {@link #insert} or {@link #replace}. */
    public int mark() {
        return textEnd;
    }

    /** The editor's text area, for writers that need an array. Call {@link #reserve} first, {@link #advance} after. */
    public byte[] text() {
        return text;
    }

    /** Makes room for {@code bytes} more bytes of text. */
    public void reserve(int bytes) {
        if (text.length - textEnd < bytes) {
            text = Arrays.copyOf(text, Math.max(text.length * 2, textEnd + bytes));
        }
    }

    /** Says that text was written up to {@code newEnd}. */
    public void advance(int newEnd) {
        textEnd = newEnd;
    }

    public void put(byte[] source) {
        put(source, 0, source.length);
    }

    public void put(byte[] source, int offset, int length) {
        reserve(length);
        System.arraycopy(source, offset, text, textEnd, length);
        textEnd += length;
    }

    public void put(char c) {
        reserve(1);
        text[textEnd++] = (byte) c;
    }

    /** Appends a number of 0 or more in decimal. */
    public void putNumber(int value) {
        reserve(11);
        textEnd = IpText.writeNumber(value, text, textEnd);
    }

    /** Inserts the text from {@code mark} to here before {@code position}. */
    public void insert(int position, int mark) {
        add(position, position, mark, textEnd);
    }

    /** Replaces {@code [start, end)} by the text from {@code mark} to here. */
    public void replace(int start, int end, int mark) {
        add(start, end, mark, textEnd);
    }

    public void delete(int start, int end) {
        add(start, end, textEnd, textEnd);
    }

    /** Insertion sort by position: there are about five. */
    private void add(int start, int end, int textStart, int textStop) {
        if (splices == MAX_SPLICES) {
            overflow = true;
            return;
        }
        int i = splices++;
        while (i > 0 && from[i - 1] > start) {
            from[i] = from[i - 1];
            to[i] = to[i - 1];
            textFrom[i] = textFrom[i - 1];
            textTo[i] = textTo[i - 1];
            i--;
        }
        from[i] = start;
        to[i] = end;
        textFrom[i] = textStart;
        textTo[i] = textStop;
    }

    /**
     * Writes the changed message to {@code out} from index 0.
     *
     * @return its length, or -1 when it does not fit or more than 64 splices were asked for
     */
    public int apply(byte[] out) {
        byte[] source = message.bytes();
        int read = message.start();
        int write = 0;
        if (overflow || length() > out.length) {
            return -1;
        }
        for (int i = 0; i < splices; i++) {
            int keep = from[i] - read;
            if (keep > 0) {
                System.arraycopy(source, read, out, write, keep);
                write += keep;
            }
            int insert = textTo[i] - textFrom[i];
            if (insert > 0) {
                System.arraycopy(text, textFrom[i], out, write, insert);
                write += insert;
            }
            read = Math.max(read, to[i]);
        }
        int rest = message.end() - read;
        System.arraycopy(source, read, out, write, rest);
        return write + rest;
    }

    /** The length that {@link #apply} will write. */
    public int length() {
        int length = message.end() - message.start();
        for (int i = 0; i < splices; i++) {
            length += textTo[i] - textFrom[i] - (to[i] - from[i]);
        }
        return length;
    }
}
