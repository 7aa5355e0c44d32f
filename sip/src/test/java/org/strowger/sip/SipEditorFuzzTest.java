package org.strowger.sip;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.provider.MethodSource;

/** Editing: whatever passes the parser comes out unchanged, or is read as it was changed. */
class SipEditorFuzzTest {
    private final SipMessage message = new SipMessage(64);
    private final SipParser parser = new SipParser();

    static List<byte[]> torture() {
        return SipParserFuzzTest.torture();
    }

    @MethodSource("torture")
    @FuzzTest(maxDuration = "10m")
    void whatIsEditedIsReadAsEdited(byte[] bytes) {
        if (parser.parse(bytes, 0, bytes.length, message) == ParseFailure.NONE) {
            RandomEdits.assertUnchanged(message, new SipEditor());
            new RandomEdits(new SplittableRandom(Arrays.hashCode(bytes))).assertReadAsEdited(message);
        }
    }
}
