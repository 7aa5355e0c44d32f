package org.strowger.proxy;

import io.netty.util.concurrent.Ticker;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.strowger.proxy.routing.Pool;
import org.strowger.proxy.routing.Succession;
import org.strowger.threading.RunsOn;

/** Notices that a pool has another policy than before, and has it led by the former one for a while. */
@RunsOn(RunsOn.Runner.CONTROL)
final class Successions {
    private final Ticker ticker;
    private final Map<String, Pool> last = new HashMap<>();
    private final Map<String, Succession> running = new HashMap<>();

    Successions(Ticker ticker) {
        this.ticker = ticker;
    }

    /** The pool as it will be in force, in the place of the one of that name that was passed before. */
    Pool next(Pool fresh) {
        String name = fresh.toString();
        @Nullable Pool former = last.put(name, fresh);
        @Nullable Succession succession = running.get(name);
        if (succession != null && succession.isOver()) {
            running.remove(name);
            succession = null;
        }
        if (succession == null && former != null && isFormer(former, fresh)) {
            succession = Succession.after(former, ticker);
            running.put(name, succession);
        }
        return succession == null ? fresh : fresh.after(succession);
    }

    private static boolean isFormer(Pool former, Pool fresh) {
        return former.policy().isHash() && !former.policy().equals(fresh.policy());
    }

    /** Forgets the pools that are not among these. */
    void retain(Collection<String> names) {
        last.keySet().retainAll(names);
        running.keySet().retainAll(names);
    }
}
