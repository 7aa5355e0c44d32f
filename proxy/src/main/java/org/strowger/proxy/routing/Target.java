package org.strowger.proxy.routing;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.strowger.discovery.Backend;
import org.strowger.proxy.balancing.BackendLoad;
import org.strowger.proxy.metrics.BackendCounters;
import org.strowger.sip.IpPort;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/** A backend as the data path sees it: its address in primitives and what we write into messages for it. Immutable. */
@RunsOn(RunsOn.Runner.ANY)
public final class Target {
    /** No backend. */
    public static final Target NONE = new Target(
            Backend.of(Transport.UDP, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
            0,
            new byte[0][],
            new RecordRoute[0][],
            List.of());

    private final Backend backend;
    private final long identity;
    private final IpPort address;
    private final byte[][] viaPrefixes;
    private final RecordRoute[][] recordRoutes;
    private final List<BackendCounters> counters;
    private final long responsesBefore;
    private final BackendLoad load;

    /** A backend of which nothing is measured. */
    public Target(
            Backend backend,
            long identity,
            byte[][] viaPrefixes,
            RecordRoute[][] recordRoutes,
            List<BackendCounters> counters) {
        this(backend, identity, viaPrefixes, recordRoutes, counters, new BackendLoad(identity));
    }

    /**
     * @param identity the 48-bit hash of the backend's id that cookies carry
     * @param viaPrefixes by event loop: our Via up to and including {@code ;branch=}
     * @param recordRoutes by listener number and event loop
     * @param counters by event loop
     * @param load lasting, like the counters
     */
    public Target(
            Backend backend,
            long identity,
            byte[][] viaPrefixes,
            RecordRoute[][] recordRoutes,
            List<BackendCounters> counters,
            BackendLoad load) {
        this.load = load;
        this.backend = backend;
        this.identity = identity;
        this.address = IpPort.of(backend.address());
        this.viaPrefixes = viaPrefixes;
        this.recordRoutes = recordRoutes;
        this.counters = List.copyOf(counters);
        this.responsesBefore = responses();
    }

    public Backend backend() {
        return backend;
    }

    public long identity() {
        return identity;
    }

    /** Not to be changed. */
    public IpPort address() {
        return address;
    }

    public Transport transport() {
        return backend.transport();
    }

    /** Our Via for this backend up to and including {@code ;branch=}. */
    public byte[] viaPrefix(int loop) {
        return viaPrefixes[loop];
    }

    /** How we name ourselves in a dialog between this backend and a client of that listener. */
    public RecordRoute recordRoute(int listener, int loop) {
        return recordRoutes[listener][loop];
    }

    /** What that event loop counts for this backend. */
    public BackendCounters counters(int loop) {
        return counters.get(loop);
    }

    /** True when it has sent a response since this target was made: whatever was thought of it then, it lives. */
    boolean hasAnsweredSince() {
        return responses() != responsesBefore;
    }

    /** Responses that it has sent so far. */
    public long responses() {
        long sum = 0;
        for (int i = 0; i < counters.size(); i++) {
            sum += counters.get(i).responses();
        }
        return sum;
    }

    /** What it has to do right now. */
    public BackendLoad load() {
        return load;
    }

    @Override
    public String toString() {
        return this == NONE ? "none" : backend.id();
    }
}
