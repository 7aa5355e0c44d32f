package org.strowger.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.time.Duration;
import java.util.Set;
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
import org.strowger.proxy.routing.Redispatch;
import org.strowger.threading.RunsOn;

/**
 * What does it cost to keep requests until they are answered? An INVITE, its 180 and its 200, sockets aside, with a table
 * that is full of answered calls, as it is after half a minute: {@code benchmarks/bin/jmh RedispatchBenchmark -prof gc}.
 */
@RunsOn(RunsOn.Runner.ANY)
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class RedispatchBenchmark {
    private static final String BRANCH = "z9hG4bK";

    /** Whether the pool re-dispatches. */
    @Param({"off", "on"})
    public String redispatch = "off";

    private SampleProxy proxy = new SampleProxy("call-id", 3);
    private byte[] invite = {};
    private byte[] ringing = {};
    private byte[] ok = {};
    private int callId;
    private int branch;
    private int viaInRequest;
    private int viaLength;
    private int viaInRinging;
    private int viaInOk;
    private long calls;

    /** Finds where in the messages of a call its names stand. */
    @Setup
    public void prepare() {
        Redispatch policy = new Redispatch(
                Duration.ofMillis(500), Duration.ofSeconds(2), Set.of(503), redispatch.equals("on") ? 0.2 : 0, 1);
        proxy = new SampleProxy("call-id", 3, policy);
        String text = new String(SampleMessages.invite(), ISO_8859_1)
                .replaceFirst(BRANCH + "[0-9a-f]*", BRANCH + "aaaaaaaaaaaaaaaa");
        invite = text.getBytes(ISO_8859_1);
        callId = SampleMessages.callIdAt(invite);
        branch = text.indexOf(BRANCH) + BRANCH.length();
        ok = proxy.answerTo(invite);
        String answer = new String(ok, ISO_8859_1);
        ringing = answer.replaceFirst("200 OK", "180 Ringing").getBytes(ISO_8859_1);
        viaInOk = answer.indexOf("Via:");
        viaInRinging = new String(ringing, ISO_8859_1).indexOf("Via:");
        viaLength = answer.indexOf("\r\n", viaInOk) - viaInOk;
        viaInRequest = proxy.lastText().indexOf("Via:");
    }

    /** Fails when a message was refused. */
    @TearDown
    public void check() {
        proxy.checkNothingDropped();
    }

    /** Three messages. */
    @Benchmark
    public long call() {
        SampleMessages.number(invite, callId, calls);
        SampleMessages.number(invite, branch, calls++);
        proxy.accept(invite, proxy.fromClient());
        proxy.answerLast(ringing, viaInRinging, viaInRequest, viaLength);
        proxy.answerLast(ok, viaInOk, viaInRequest, viaLength);
        proxy.accept(ringing, proxy.fromBackend());
        long sent = proxy.accept(ok, proxy.fromBackend());
        if ((calls & 1023) == 0) {
            proxy.tick();
        }
        return sent;
    }
}
