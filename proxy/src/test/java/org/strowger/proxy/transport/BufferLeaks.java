package org.strowger.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBufAllocator;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;
import org.strowger.threading.RunsOn;

/**
 * Fails a test class when a buffer was not released in it. The detector (paranoid: {@code test.jvm.args}) reports a buffer
 * only once it was collected, and a full collection takes a third of a second: so this asks once for a class.
 */
@RunsOn(RunsOn.Runner.ANY)
final class BufferLeaks implements BeforeAllCallback, AfterAllCallback {
    private final Logger detector = (Logger) LoggerFactory.getLogger("io.netty.util.ResourceLeakDetector");
    private final ListAppender<ILoggingEvent> reports = new ListAppender<>();

    @Override
    public void beforeAll(ExtensionContext test) {
        watch();
    }

    void watch() {
        detector.setLevel(Level.ERROR);
        reports.start();
        detector.addAppender(reports);
    }

    @Override
    public void afterAll(ExtensionContext test) throws InterruptedException {
        try {
            assertThat(found()).as("buffers that were not released").isEmpty();
        } finally {
            unwatch();
        }
    }

    void unwatch() {
        detector.detachAppender(reports);
    }

    /** The detector's reports so far, of all buffers that nobody holds any more. */
    List<String> found() throws InterruptedException {
        // What one collection found is handed over in no order, but before what the next one finds.
        collect();
        collect();
        ByteBufAllocator.DEFAULT.directBuffer().release(); // the detector reports when it tracks the next buffer
        return reports.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private static void collect() throws InterruptedException {
        ReferenceQueue<Object> collected = new ReferenceQueue<>();
        WeakReference<Object> canary = new WeakReference<>(new Object(), collected);
        System.gc();
        assertThat(collected.remove(LoopsFixture.PATIENCE.toMillis())).isSameAs(canary);
    }
}
