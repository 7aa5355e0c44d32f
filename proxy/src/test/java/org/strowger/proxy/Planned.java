package org.strowger.proxy;

import io.netty.util.concurrent.Ticker;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.strowger.proxy.config.ConfigLoader;
import org.strowger.proxy.config.ConfigResult;
import org.strowger.proxy.config.KeyRequirement;
import org.strowger.proxy.config.Loading;
import org.strowger.proxy.config.Machine;
import org.strowger.proxy.explain.Explainer;
import org.strowger.proxy.forwarding.MessageLimits;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.sip.cookie.ClusterKey;
import org.strowger.sip.cookie.CookieCodec;

/** A configuration that is not running, and what explains messages by it. */
public record Planned(RoutingSnapshot snapshot, Supplier<CookieCodec> codecs, MessageLimits limits) {

    /** Of a file; time stands still. */
    public static Planned of(Path file) {
        Machine machine = new Machine(Map.of("STROWGER_CLUSTER_KEY", Loading.KEY), 1, "exchange-1");
        ConfigResult result = new ConfigLoader(machine, KeyRequirement.REQUIRED).load(file);
        if (!(result instanceof ConfigResult.Loaded loaded)) {
            throw new AssertionError(result);
        }
        ClusterKey key = ClusterKey.of(new byte[ClusterKey.LENGTH]);
        return new Planned(
                PlannedSnapshot.of(loaded.config(), Ticker.newMockTicker()),
                () -> new CookieCodec(key, Optional.empty()),
                LoopFactory.limits(loaded.config().protection()));
    }

    public Explainer explainer() {
        return new Explainer(() -> snapshot, codecs, limits);
    }
}
