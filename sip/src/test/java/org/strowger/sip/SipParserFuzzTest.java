package org.strowger.sip;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import org.junit.jupiter.params.provider.MethodSource;

/** The parser and the lazy readers behind it: any bytes give a verdict, no exception, and spans inside the message. */
class SipParserFuzzTest {
    private final SipMessage message = new SipMessage(64);
    private final SipParser parser = new SipParser();

    static List<byte[]> torture() {
        return TortureCase.all().stream().map(TortureCase::bytes).toList();
    }

    @MethodSource("torture")
    @FuzzTest(maxDuration = "10m")
    void anyBytesAreRead(byte[] bytes) {
        ParseFailure failure = parser.parse(bytes, 0, bytes.length, message);
        Spans.assertSound(message);
        if (failure == ParseFailure.NONE && message.contentLength() >= 0) {
            assertThat(message.end() - message.bodyStart()).isEqualTo((int) message.contentLength());
        }
    }
}
