package org.strowger.sip.stream;

import org.strowger.threading.RunsOn;

/**
 * Tells byte by byte whether a first line can still be SIP, so that a TLS greeting, an HTTP request or noise is noticed
 * before anything is kept of it. What passes is not yet right; the parser decides that.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class FirstLine {
    /** The longest method that is waited for; the longest registered one has 9 letters. */
    static final int MAX_METHOD = 64;

    private static final String VERSION = "sip/";
    private static final boolean[] TOKEN = new boolean[128];

    static {
        for (char c : "-.!%*_+`'~0123456789".toCharArray()) {
            TOKEN[c] = true;
        }
        for (char c = 'a'; c <= 'z'; c++) {
            TOKEN[c] = true;
            TOKEN[c - 32] = true;
        }
    }

    /** How far the first word has come, or what it has turned out to be. */
    private enum Word {
        OPEN,
        METHOD,
        VERSION
    }

    private Word first = Word.OPEN;
    private int length;
    /** The letters of {@link #VERSION} that the current word begins with; -1 once it differs. */
    private int matched;
    /** True when the last word that is not empty begins with SIP and a slash. */
    private boolean versionLast;

    /** Begins with the next line. */
    public void reset() {
        first = Word.OPEN;
        length = 0;
        matched = 0;
        versionLast = false;
    }

    /** Takes the bytes {@code [from, to)} of the line; false once it can never be SIP. */
    public boolean accept(byte[] b, int from, int to) {
        int i = from;
        while (i < to && first == Word.OPEN) {
            if (!firstWord(b[i++])) {
                return false;
            }
        }
        if (first == Word.METHOD) {
            while (i < to) {
                nextWord(b[i++]);
            }
        }
        return true;
    }

    /** True when the whole line, its end included, was accepted and is a status line or ends with a version. */
    boolean isComplete() {
        return first == Word.VERSION || (first == Word.METHOD && versionLast);
    }

    private boolean firstWord(byte letter) {
        matchVersion(letter);
        if (matched == VERSION.length()) {
            first = Word.VERSION;
            return true;
        }
        if (letter == ' ') {
            first = Word.METHOD;
            matched = 0;
            return length > 0;
        }
        return letter > 0 && TOKEN[letter] && ++length <= MAX_METHOD;
    }

    /** White space only ends a word: the line may be followed by some before its CR LF. */
    private void nextWord(byte letter) {
        if (letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n') {
            matched = 0;
            return;
        }
        if (matched == 0) {
            versionLast = false;
        }
        matchVersion(letter);
        if (matched == VERSION.length()) {
            versionLast = true;
        }
    }

    private void matchVersion(byte letter) {
        if (matched < 0 || matched == VERSION.length()) {
            return;
        }
        int lower = letter >= 'A' && letter <= 'Z' ? letter | 0x20 : letter;
        matched = lower == VERSION.charAt(matched) ? matched + 1 : -1;
    }
}
