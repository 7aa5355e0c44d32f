package org.strowger.benchmarks;

import io.netty.util.concurrent.Ticker;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.strowger.discovery.Backend;
import org.strowger.health.Eligibility;
import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.proxy.balancing.BoundedLoad;
import org.strowger.proxy.balancing.CallsAtHome;
import org.strowger.proxy.balancing.Member;
import org.strowger.proxy.balancing.Picker;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/**
 * What does it cost to choose the backend of a new call, and does that grow with the pool? The null baseline makes the
 * key and takes it modulo the size: {@code benchmarks/bin/jmh PickBenchmark -prof gc}.
 */
@RunsOn(RunsOn.Runner.ANY)
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class PickBenchmark {
    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

    /** The pool's policy. */
    @Param({"round-robin", "call-id", "least-calls", "least-requests", "latency", "reported-load"})
    public String balance = "round-robin";

    /** Members of the pool. */
    @Param({"3", "1000"})
    public int backends = 3;

    private Picker picker = pool(balance, backends);
    private CallsAtHome callsAtHome = new CallsAtHome(Ticker.systemTicker());
    private long key;

    /** Builds the pool. */
    @Setup
    public void build() {
        picker = pool(balance, backends);
        callsAtHome = new CallsAtHome(Ticker.systemTicker());
    }

    /** The null baseline. */
    @Benchmark
    public int modulo() {
        return (int) Long.remainderUnsigned(nextKey(), backends);
    }

    /** One choice. */
    @Benchmark
    public int strowger() {
        return Picker.index(picker.pick(nextKey()));
    }

    /** One choice, made known to those who come again: what a new call pays. Every key is a new one. */
    @Benchmark
    public int strowgerKnown() {
        long hash = nextKey();
        int choice = picker.pick(hash);
        if (!Picker.mustRemember(choice)) {
            callsAtHome.add(hash);
        }
        return Picker.index(choice);
    }

    /** One choice for a call, which is counted where the policy counts calls, and never ends. */
    @Benchmark
    public int call() {
        long callId = nextKey();
        return Picker.index(picker.pickCall(callId, callId));
    }

    private long nextKey() {
        key += GOLDEN;
        return (key ^ (key >>> 29)) * GOLDEN;
    }

    private static Picker pool(String balance, int size) {
        List<Member> members = IntStream.range(0, size)
                .mapToObj(i -> new InetSocketAddress("127.1." + i / 250 + "." + (i % 250 + 1), 5060))
                .map(address -> new Member(Backend.of(Transport.UDP, address), Eligibility.NEW_AND_ESTABLISHED))
                .toList();
        return BalancingPolicy.of(balance)
                .pickers(BoundedLoad.DEFAULT, Ticker.systemTicker())
                .build(members);
    }
}
