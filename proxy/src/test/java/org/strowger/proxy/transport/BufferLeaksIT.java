package org.strowger.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;
import org.strowger.threading.RunsOn;

/** The check of the other tests for buffers that were not released is awake. */
@RunsOn(RunsOn.Runner.ANY)
final class BufferLeaksIT {

    @Test
    void aForgottenBufferIsFoundAndAReleasedOneIsNot() throws Exception {
        BufferLeaks leaks = new BufferLeaks();
        leaks.watch();
        try {
            ByteBufAllocator.DEFAULT.directBuffer().release();
            assertThat(leaks.found()).isEmpty();
            forgetOne();
            assertThat(leaks.found()).singleElement().asString().contains("LEAK");
        } finally {
            leaks.unwatch();
        }
    }

    /** In a method of its own, so that no frame still holds the buffer. */
    @SuppressWarnings("CheckReturnValue")
    private static void forgetOne() {
        ByteBufAllocator.DEFAULT.directBuffer().writeByte(1);
    }
}
