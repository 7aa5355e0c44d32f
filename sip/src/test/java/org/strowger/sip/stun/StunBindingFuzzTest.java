package org.strowger.sip.stun;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.strowger.sip.IpPort;

/** STUN: any datagram gets no answer or a bounded one. */
class StunBindingFuzzTest {
    private final StunBinding stun = new StunBinding();
    private final IpPort source = new IpPort();
    private final byte[] out = new byte[StunBinding.MAX_RESPONSE];

    @FuzzTest(maxDuration = "10m")
    void answersAreBounded(byte[] datagram) {
        int end = stun.answer(datagram, 0, datagram.length, source, out, 0);
        assertThat(end).isLessThanOrEqualTo(Math.min(out.length, datagram.length + 32));
        if (end > 0) {
            assertThat(StunBinding.isStun(out, 0, end)).isTrue();
        }
    }
}
