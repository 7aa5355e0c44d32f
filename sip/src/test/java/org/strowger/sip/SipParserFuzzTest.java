package org.strowger.sip;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** The parser and the lazy readers behind it: any bytes give a verdict, no exception, and spans inside the message. */
class SipParserFuzzTest {
    private final SipMessage message = new SipMessage(64);
    private final SipParser parser = new SipParser();
    private final Via via = new Via();

    @FuzzTest(maxDuration = "10m")
    void anyBytesAreRead(byte[] bytes) {
        ParseFailure failure = parser.parse(bytes, 0, bytes.length, message);
        message.fromUri();
        message.toUri();
        for (boolean more = message.firstVia(via); more; more = message.nextVia(via)) {
            assertThat(via.value().end()).isLessThanOrEqualTo(bytes.length);
        }
        if (failure == ParseFailure.NONE) {
            assertThat(message.bodyStart()).isBetween(message.start(), message.end());
            assertThat(message.end()).isLessThanOrEqualTo(bytes.length);
        }
    }
}
