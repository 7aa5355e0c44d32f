package org.strowger.proxy.forwarding;

import org.strowger.sip.SipEditor;
import org.strowger.sip.SipMessage;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/**
 * The Content-Length that a datagram may leave out and a connection needs (RFC 3261 sections 18.3 and 20.14): without it
 * the next element would take the body for the next message.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class MissingLength {
    private static final byte[] NAME = {'C', 'o', 'n', 't', 'e', 'n', 't', '-', 'L', 'e', 'n', 'g', 't', 'h', ':', ' '};
    private static final byte[] LINE_END = {'\r', '\n'};

    private MissingLength() {}

    /** Adds it below the last header line, where {@code next}, the transport towards the next hop, is a connection's. */
    static void add(SipEditor editor, SipMessage m, Transport next) {
        if (next.isDatagram() || m.contentLength() >= 0) {
            return;
        }
        int mark = editor.mark();
        editor.put(NAME);
        editor.putNumber(m.end() - m.bodyStart());
        editor.put(LINE_END);
        editor.insert(m.bodyStart() - LINE_END.length, mark);
    }
}
