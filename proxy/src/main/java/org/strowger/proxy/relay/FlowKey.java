package org.strowger.proxy.relay;

import org.jspecify.annotations.Nullable;
import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/**
 * Whom a UDP flow is with: the sender, and behind a proxy in front the client that it speaks for. Hashed with a number that
 * nobody outside knows, so that nobody can make all flows fall into one place.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class FlowKey {
    private final IpPort sender = new IpPort();
    private final IpPort source = new IpPort();
    private final long salt;
    private int hash;

    FlowKey(long salt) {
        this.salt = salt;
    }

    FlowKey set(IpPort by, IpPort from) {
        sender.set(by);
        source.set(from);
        hash = (int) (mixed(mixed(salt, by), from) >>> 32);
        return this;
    }

    FlowKey copy() {
        return new FlowKey(salt).set(sender, source);
    }

    /** Where answers go. Not to be changed. */
    IpPort sender() {
        return sender;
    }

    /** The client. Not to be changed. */
    IpPort source() {
        return source;
    }

    private static long mixed(long seed, IpPort address) {
        long h = mix(seed ^ address.low());
        h = mix(h ^ address.high());
        return mix(h ^ address.port());
    }

    private static long mix(long x) {
        long z = (x ^ (x >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return z ^ (z >>> 31);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FlowKey that && sender.same(that.sender) && source.same(that.source);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
