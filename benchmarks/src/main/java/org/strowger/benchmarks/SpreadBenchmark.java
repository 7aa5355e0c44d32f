package org.strowger.benchmarks;

import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.strowger.proxy.routing.StableHash;
import org.strowger.proxy.spreading.Spreading;
import org.strowger.proxy.spreading.TrunkSpreading;
import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/**
 * What does it cost each datagram that one peer can use all loops: one of many phones, one of a heavy trunk, a response? The
 * null baseline is a proxy with one loop: {@code benchmarks/bin/jmh SpreadBenchmark -prof gc}.
 */
@RunsOn(RunsOn.Runner.ANY)
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class SpreadBenchmark {
    private static final int PHONES = 20_000;

    private final byte[] invite = SampleMessages.invite();
    private final byte[] ok = SampleMessages.ok();
    private final IpPort source = new IpPort();
    private final Spreading none = Spreading.NONE;
    private final Spreading spreading = new TrunkSpreading(0, 2, StableHash.STANDARD, Ticker.systemTicker());
    private int turn;

    /** The null baseline. */
    @Benchmark
    public int oneLoop() {
        return none.ownerOf(invite, invite.length, phone());
    }

    /** An INVITE of one phone among many. */
    @Benchmark
    public int inviteOfAPhone() {
        return spreading.ownerOf(invite, invite.length, phone());
    }

    /** An INVITE of a peer that was found heavy during the warm-up. */
    @Benchmark
    public int inviteOfATrunk() {
        source.setIpv4(0x0A00_0001, 5060);
        return spreading.ownerOf(invite, invite.length, source);
    }

    /** A response, whoever sends it. */
    @Benchmark
    public int response() {
        return spreading.ownerOf(ok, ok.length, phone());
    }

    private IpPort phone() {
        turn = turn == PHONES ? 0 : turn + 1;
        source.setIpv4(0xC0A8_0000 + turn, 5060);
        return source;
    }
}
