package org.strowger.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** What an id says, and that none is 0. */
final class FlowIdsTest {

    @Test
    void anIdNamesItsEpochAndItsLoop() {
        FlowIds ids = new FlowIds(0xFFFE, 255);
        long first = ids.next();
        assertThat(FlowIds.epoch(first)).isEqualTo(0xFFFE);
        assertThat(FlowIds.loop(first)).isEqualTo(255);
        assertThat(ids.next()).isEqualTo(first + 1);
    }

    @Test
    void noIdIsZero() {
        assertThat(new FlowIds(0, 0).next()).isEqualTo(1);
    }

    @Test
    void whatDoesNotFitIsRejected() {
        assertThatThrownBy(() -> new FlowIds(0x1_0000, 0)).hasMessage("epoch: 65536 (expected: 0..65535)");
        assertThatThrownBy(() -> new FlowIds(0, 256)).hasMessage("loop: 256 (expected: 0..255)");
    }

    @Test
    void anUnknownIdFindsTheFlowThatIsGone() {
        Flow gone = new FlowTable().get(new FlowIds(1, 1).next());
        assertThat(gone.isOpen()).isFalse();
        assertThat(gone.id()).isZero();
    }
}
