package org.strowger.sip.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** Framing: any bytes in any pieces give the events of the whole, and never more is kept than the limits say. */
class SipFramerFuzzTest {
    private static final FrameLimits LIMITS = new FrameLimits(512, 1024);

    @FuzzTest(maxDuration = "10m")
    void piecesMakeNoDifference(FuzzedDataProvider input) {
        int piece = input.consumeInt(1, 64);
        byte[] stream = input.consumeRemainingAsBytes();
        RecordingSink whole = new RecordingSink();
        new SipFramer(LIMITS).feed(stream, 0, stream.length, whole);
        RecordingSink pieces = new RecordingSink();
        SipFramer framer = new SipFramer(LIMITS);
        for (int at = 0; at < stream.length; at += piece) {
            framer.feed(stream, at, Math.min(stream.length, at + piece), pieces);
            assertThat(framer.heldBytes()).isLessThanOrEqualTo(LIMITS.maxMessageBytes());
        }
        assertThat(pieces.events).isEqualTo(whole.events);
    }
}
