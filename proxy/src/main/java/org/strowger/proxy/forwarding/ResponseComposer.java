package org.strowger.proxy.forwarding;

import java.nio.charset.StandardCharsets;
import org.strowger.proxy.routing.Forward;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.sip.SipEditor;
import org.strowger.sip.SipMessage;
import org.strowger.threading.RunsOn;

/** Writes a forwarded response (RFC 3261 section 16.7): our Via gone, a 503 turned into 500, {@link MissingLength}, all else as it was. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class ResponseComposer {
    /** Where the status code begins in {@code SIP/2.0 503}. */
    private static final int STATUS_AT = 8;

    private static final byte[] SERVER_FAILURE = "500".getBytes(StandardCharsets.US_ASCII);

    private final SipEditor editor;

    public ResponseComposer(SipEditor editor) {
        this.editor = editor;
    }

    /** Writes the response to {@code out} from 0. Returns its length, or -1 when it does not fit. */
    public int compose(SipMessage m, Forward f, RoutingSnapshot s, byte[] out) {
        editor.begin(m);
        for (int i = 0; i < f.popped(); i++) {
            editor.delete(f.popFrom(i), f.popTo(i));
        }
        if (f.isBusyBecomesFailure()) {
            int mark = editor.mark();
            editor.put(SERVER_FAILURE);
            editor.replace(m.start() + STATUS_AT, m.start() + STATUS_AT + 3, mark);
        }
        MissingLength.add(editor, m, RequestComposer.nextTransport(f, s));
        return editor.apply(out);
    }
}
