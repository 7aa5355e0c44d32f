package org.strowger.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is read and not changed comes out as it was; what is changed is read as changed. */
class RoundTripTest {
    private final SipMessage message = new SipMessage(128);
    private final RandomEdits edits = new RandomEdits(new SplittableRandom(20261124));

    static List<TortureCase> passing() {
        return TortureCase.all().stream().filter(TortureCase::isParsed).toList();
    }

    @ParameterizedTest
    @MethodSource("passing")
    void nothingEditedIsTheSameBytes(TortureCase which) {
        read(which);
        RandomEdits.assertUnchanged(message, new SipEditor());
    }

    @ParameterizedTest
    @MethodSource("passing")
    void whatIsEditedIsReadAsEdited(TortureCase which) {
        read(which);
        for (int round = 0; round < 200; round++) {
            edits.assertReadAsEdited(message);
        }
    }

    private void read(TortureCase which) {
        byte[] bytes = which.bytes();
        assertThat(new SipParser().parse(bytes, 0, bytes.length, message)).isEqualTo(ParseFailure.NONE);
    }
}
