package org.strowger.proxy;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Ticker;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.strowger.proxy.config.ProtectionConfig;
import org.strowger.proxy.config.StrowgerConfig;
import org.strowger.proxy.config.TcpConfig;
import org.strowger.proxy.forwarding.MessageLimits;
import org.strowger.proxy.forwarding.MessagePath;
import org.strowger.proxy.metrics.LoopCounters;
import org.strowger.proxy.routing.SnapshotSource;
import org.strowger.proxy.routing.StableHash;
import org.strowger.proxy.spreading.Spreading;
import org.strowger.proxy.spreading.TrunkSpreading;
import org.strowger.proxy.transport.BackendConnectionOptions;
import org.strowger.proxy.transport.BackendConnections;
import org.strowger.proxy.transport.FlowIds;
import org.strowger.proxy.transport.Flows;
import org.strowger.proxy.transport.SipFraming;
import org.strowger.proxy.transport.StreamFraming;
import org.strowger.sip.cookie.CookieCodec;
import org.strowger.sip.stream.FrameLimits;
import org.strowger.threading.RunsOn;

/** Puts together what one event loop owns: nothing of it is shared with another loop. */
@RunsOn(RunsOn.Runner.CONTROL)
final class LoopFactory {

    /** The parts of one loop. */
    record Loop(SipLoop sip, LoopSockets sockets, Flows flows) {}

    private final StrowgerConfig config;
    private final SnapshotSource snapshots;
    private final Supplier<CookieCodec> codecs;
    private final int epoch;
    private final RandomGenerator random;

    LoopFactory(
            StrowgerConfig config,
            SnapshotSource snapshots,
            Supplier<CookieCodec> codecs,
            int epoch,
            RandomGenerator random) {
        this.config = config;
        this.snapshots = snapshots;
        this.codecs = codecs;
        this.epoch = epoch;
        this.random = random;
    }

    Loop make(int number, EventLoop eventLoop, LoopCounters counters) {
        ProtectionConfig protection = config.protection();
        Supplier<StreamFraming> framing = framing(protection);
        CountingObserver observer = new CountingObserver(number, counters, snapshots);
        Relay relay = new Relay();
        Flows flows = new Flows(eventLoop, new FlowIds(epoch, number), relay, observer, Ticker.systemTicker());
        BackendConnections connections =
                new BackendConnections(flows, connectionOptions(config.tcp()), framing, random);
        LoopSockets sockets = new LoopSockets(number, epoch, flows, connections);
        MessagePath path = new MessagePath(
                number,
                codecs.get(),
                snapshots,
                sockets,
                observer,
                new MessageLimits(protection.maxMessageBytes(), protection.maxHeaders()));
        SipLoop sip = new SipLoop(sockets, path, new KeepAliveAnswers(counters), observer, spreading(number));
        relay.to(sip);
        return new Loop(sip, sockets, flows);
    }

    private Spreading spreading(int number) {
        return config.eventLoops() == 1
                ? Spreading.NONE
                : new TrunkSpreading(number, config.eventLoops(), StableHash.STANDARD, Ticker.systemTicker());
    }

    /** Framings for the connections of any loop. */
    static Supplier<StreamFraming> framing(ProtectionConfig protection) {
        FrameLimits limits = new FrameLimits(protection.maxMessageBytes(), protection.maxMessageBytes());
        return () -> new SipFraming(limits);
    }

    private static BackendConnectionOptions connectionOptions(TcpConfig tcp) {
        return new BackendConnectionOptions(
                tcp.connectTimeout(),
                tcp.userTimeout(),
                tcp.outboundQueueBytes(),
                tcp.firstBackoff(),
                tcp.maxBackoff(),
                tcp.maxBackendConnections());
    }
}
