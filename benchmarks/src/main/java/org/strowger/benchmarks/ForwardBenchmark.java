package org.strowger.benchmarks;

import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.strowger.threading.RunsOn;

/**
 * What does the whole way of a message through an event loop cost, sockets aside: parse, route, compose? Every INVITE has a
 * new Call-ID, so round robin writes its affinity entry: {@code benchmarks/bin/jmh ForwardBenchmark -prof gc}.
 */
@RunsOn(RunsOn.Runner.ANY)
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ForwardBenchmark {
    /** The pool's policy. */
    @Param({"call-id", "round-robin"})
    public String balance = "call-id";

    /** Members of the pool. */
    @Param({"3", "1000"})
    public int backends = 3;

    private SampleProxy proxy = new SampleProxy(balance, backends);
    private byte[] invite = SampleMessages.invite();
    private byte[] ok = invite;
    private byte[] bye = invite;
    private byte[] out = invite;
    private int callId;
    private long calls;

    /** Makes the messages of a call through this very proxy, so that their cookies are good. */
    @Setup
    public void prepare() {
        proxy = new SampleProxy(balance, backends);
        invite = SampleMessages.invite();
        ok = proxy.answerTo(invite);
        bye = proxy.byeAfter(invite);
        out = new byte[invite.length];
        callId = SampleMessages.callIdAt(invite);
    }

    /** Fails when a message was refused. */
    @TearDown
    public void check() {
        proxy.checkNothingDropped();
    }

    /** The null baseline: one copy. */
    @Benchmark
    public byte[] copyOnly() {
        System.arraycopy(invite, 0, out, 0, invite.length);
        return out;
    }

    /** A new call. */
    @Benchmark
    public long invite() {
        SampleMessages.number(invite, callId, calls++);
        return proxy.accept(invite, proxy.fromClient());
    }

    /** Its answer. */
    @Benchmark
    public long ok() {
        return proxy.accept(ok, proxy.fromBackend());
    }

    /** A request within it. */
    @Benchmark
    public long bye() {
        return proxy.accept(bye, proxy.fromClient());
    }
}
