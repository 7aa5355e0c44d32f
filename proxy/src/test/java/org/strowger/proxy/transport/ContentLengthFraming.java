package org.strowger.proxy.transport;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.strowger.threading.RunsOn;

/** The plainest framing there is, so that these tests do not depend on the real one. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class ContentLengthFraming implements StreamFraming {
    private static final Pattern LENGTH = Pattern.compile("\r\nContent-Length: (\\d+)\r\n");
    private byte[] kept = {};
    private boolean broken;

    @Override
    public void feed(byte[] bytes, int from, int to, Sink sink) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(kept);
        all.write(bytes, from, to - from);
        byte[] input = all.toByteArray();
        int at = 0;
        int next = take(input, at, sink);
        while (next > at) {
            at = next;
            next = take(input, at, sink);
        }
        kept = Arrays.copyOfRange(input, at, input.length);
    }

    private int take(byte[] input, int at, Sink sink) {
        String text = new String(input, at, input.length - at, StandardCharsets.ISO_8859_1);
        if (broken || text.isEmpty() || text.equals("\r") || text.equals("\r\n\r")) {
            return at;
        }
        if (text.startsWith("\r\n\r\n")) {
            sink.ping();
            return at + 4;
        }
        if (text.startsWith("\r\n")) {
            sink.pong();
            return at + 2;
        }
        int headEnd = text.indexOf("\r\n\r\n");
        if (headEnd < 0) {
            return at;
        }
        Matcher length = LENGTH.matcher(text.substring(0, headEnd + 2));
        if (!length.find()) {
            broken = true;
            sink.broken(FramingFailure.NO_CONTENT_LENGTH, input, at, at + headEnd + 4);
            return at;
        }
        int end = headEnd + 4 + Integer.parseInt(length.group(1));
        if (end > text.length()) {
            return at;
        }
        sink.message(input, at, at + end);
        return at + end;
    }
}
