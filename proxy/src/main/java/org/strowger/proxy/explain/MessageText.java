package org.strowger.proxy.explain;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;

/**
 * A message as an editor leaves it, as it would be on the wire.
 *
 * @param bytes the message
 * @param notes what was changed for that
 */
@SuppressWarnings("ArrayRecordComponent") // handed on at once
record MessageText(byte[] bytes, List<String> notes) {

    private static final String EMPTY_LINE_ADDED = "the empty line after the headers is added";

    /** Line feeds become CR LF where no header line has a CR; a missing empty line is added. */
    static MessageText of(byte[] read) {
        String text = new String(read, ISO_8859_1);
        int blank = text.indexOf("\n\n");
        String head = blank < 0 ? text : text.substring(0, blank);
        if (head.isBlank() || head.indexOf('\r') >= 0) {
            return wire(text, read);
        }
        List<String> notes = new ArrayList<>();
        notes.add("lines that end with LF are read as ending with CR LF");
        if (blank < 0) {
            notes.add(EMPTY_LINE_ADDED);
            String end = head.endsWith("\n") ? "\n" : "\n\n";
            return new MessageText((head + end).replace("\n", "\r\n").getBytes(ISO_8859_1), notes);
        }
        String body = text.substring(blank + 2);
        String wire = body.indexOf('\r') >= 0 ? body : body.replace("\n", "\r\n");
        return new MessageText((head.replace("\n", "\r\n") + "\r\n\r\n" + wire).getBytes(ISO_8859_1), notes);
    }

    private static MessageText wire(String text, byte[] read) {
        if (text.isBlank() || text.contains("\n\n") || text.contains("\n\r\n")) {
            return new MessageText(read, List.of());
        }
        String end = text.endsWith("\n") ? "\r\n" : "\r\n\r\n";
        return new MessageText((text + end).getBytes(ISO_8859_1), List.of(EMPTY_LINE_ADDED));
    }
}
