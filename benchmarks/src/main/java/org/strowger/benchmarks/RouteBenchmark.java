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
import org.openjdk.jmh.annotations.Warmup;
import org.strowger.proxy.routing.Decision;
import org.strowger.proxy.routing.Forward;
import org.strowger.proxy.routing.Router;
import org.strowger.proxy.routing.StableHash;
import org.strowger.sip.SipMessage;
import org.strowger.sip.SipParser;
import org.strowger.threading.RunsOn;

/**
 * What does the decision about a message cost that is parsed already? {@link ForwardBenchmark} has the whole way: {@code
 * benchmarks/bin/jmh RouteBenchmark -prof gc}.
 */
@RunsOn(RunsOn.Runner.ANY)
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class RouteBenchmark {
    /** The pool's policy. */
    @Param({"call-id", "round-robin"})
    public String balance = "call-id";

    /** Members of the pool. */
    @Param({"3", "1000"})
    public int backends = 3;

    private SampleProxy proxy = new SampleProxy(balance, backends);
    private Router router = new Router(proxy.codec(), StableHash.STANDARD);
    private final SipMessage invite = new SipMessage(64);
    private final SipMessage ok = new SipMessage(64);
    private final SipMessage bye = new SipMessage(64);

    /** Parses the messages of one call and checks that each of them is forwarded. */
    @Setup
    public void prepare() {
        proxy = new SampleProxy(balance, backends);
        router = new Router(proxy.codec(), StableHash.STANDARD);
        byte[] request = SampleMessages.invite();
        parse(request, invite);
        parse(proxy.answerTo(request), ok);
        parse(proxy.byeAfter(request), bye);
        if (!(newCall() instanceof Forward) || !(answer() instanceof Forward) || !(inDialog() instanceof Forward)) {
            throw new IllegalStateException("a message of the call is not forwarded");
        }
    }

    private static void parse(byte[] bytes, SipMessage out) {
        new SipParser().parse(bytes, 0, bytes.length, out);
    }

    /** An INVITE: rule and picker (with round robin: the affinity entry of a retransmission). */
    @Benchmark
    public Decision newCall() {
        return router.route(invite, proxy.fromClient(), proxy.routing());
    }

    /** A response: by the cookie in our Via. */
    @Benchmark
    public Decision answer() {
        return router.route(ok, proxy.fromBackend(), proxy.routing());
    }

    /** A BYE: by the cookie in our Route. */
    @Benchmark
    public Decision inDialog() {
        return router.route(bye, proxy.fromClient(), proxy.routing());
    }
}
