package org.strowger.sip;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Addresses: what is read is written in a form that is read as the same. */
class IpTextFuzzTest {
    @FuzzTest(maxDuration = "10m")
    void anAddressThatIsReadSurvivesBeingWritten(byte[] text) {
        IpPort first = new IpPort();
        if (!IpText.readHost(text, 0, text.length, first)) {
            return;
        }
        byte[] out = new byte[IpText.MAX_HOST_PORT];
        int end = IpText.writeHost(first, out, 0, true);
        IpPort second = new IpPort();
        assertThat(IpText.readHost(out, 0, end, second)).isTrue();
        assertThat(second).isEqualTo(first);
    }
}
