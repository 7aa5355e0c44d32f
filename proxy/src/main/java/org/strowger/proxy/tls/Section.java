package org.strowger.proxy.tls;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.strowger.threading.RunsOn;

/** One section of {@code tls} over time: its present generation, which any thread takes and the store replaces. */
@RunsOn(RunsOn.Runner.ANY)
final class Section {
    private volatile @Nullable Generation current;

    /** The present generation, which the caller has to release. */
    Generation take() {
        while (true) {
            Generation seen = present();
            if (seen.retain()) {
                return seen;
            }
            if (seen == current) {
                throw new IllegalStateException("a section that was closed");
            }
        }
    }

    /** Only to look at. */
    Generation present() {
        return Objects.requireNonNull(current, "current");
    }

    boolean isEmpty() {
        return current == null;
    }

    void replace(Generation next) {
        Generation before = current;
        current = next;
        if (before != null) {
            before.release();
        }
    }
}
