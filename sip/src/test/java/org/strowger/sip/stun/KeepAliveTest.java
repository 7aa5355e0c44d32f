package org.strowger.sip.stun;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Datagrams without a message. */
class KeepAliveTest {
    @ParameterizedTest
    @CsvSource({
        "DOUBLE_CRLF, rnrn",
        "CRLF, rn",
        "FILLER, ''",
        "FILLER, r",
        "FILLER, n",
        "FILLER, nn",
        "FILLER, nrnr",
        "FILLER, rnrnrn",
        "FILLER, 0",
        "FILLER, 0000",
        "FILLER, rn00",
        "NONE, rnrnx",
        "NONE, x",
        "NONE, ' rn'",
    })
    void lineEndsNulsAndNothingAreSwallowed(KeepAlive expected, String shape) {
        String text = "x" + shape.replace('r', '\r').replace('n', '\n').replace('0', '\0') + "x";
        byte[] datagram = text.getBytes(ISO_8859_1);
        assertThat(KeepAlive.of(datagram, 1, datagram.length - 1)).isEqualTo(expected);
    }
}
