package org.strowger.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

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
import org.strowger.sip.HeaderId;
import org.strowger.sip.SipEditor;
import org.strowger.sip.SipMessage;
import org.strowger.sip.SipParser;
import org.strowger.threading.RunsOn;

/**
 * What does it cost to rewrite an INVITE for its next hop (a Via, a Record-Route, Max-Forwards) in one copy? A plain copy
 * of the same bytes is the null baseline: {@code benchmarks/bin/jmh EditBenchmark -prof gc}.
 */
@RunsOn(RunsOn.Runner.ANY)
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class EditBenchmark {
    private static final byte[] VIA =
            "Via: SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bKAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ\r\n".getBytes(US_ASCII);
    private static final byte[] RECORD_ROUTE =
            "Record-Route: <sip:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ@127.0.0.1:5060;lr>\r\n".getBytes(US_ASCII);

    private final byte[] bytes = SampleMessages.invite();
    private final byte[] out = new byte[4096];
    private final SipMessage message = new SipMessage(64);
    private final SipEditor editor = new SipEditor();

    /** Reads the message once. */
    public EditBenchmark() {
        new SipParser().parse(bytes, 0, bytes.length, message);
    }

    /** The null baseline. */
    @Benchmark
    public byte[] copyOnly() {
        System.arraycopy(bytes, 0, out, 0, bytes.length);
        return out;
    }

    /** Three splices and one copy. */
    @Benchmark
    public int strowger() {
        editor.begin(message);
        int text = editor.mark();
        editor.put(VIA);
        editor.put(RECORD_ROUTE);
        editor.insert(message.lineStart(message.first(HeaderId.VIA)), text);
        int maxForwards = message.first(HeaderId.MAX_FORWARDS);
        int number = editor.mark();
        editor.putNumber(message.maxForwards() - 1);
        editor.replace(message.valueStart(maxForwards), message.valueEnd(maxForwards), number);
        return editor.apply(out);
    }
}
