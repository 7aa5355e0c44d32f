package org.strowger.benchmarks;

import gov.nist.javax.sip.message.SIPMessage;
import gov.nist.javax.sip.parser.StringMsgParser;
import java.text.ParseException;
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
import org.strowger.sip.ParseFailure;
import org.strowger.sip.SipMessage;
import org.strowger.sip.SipParser;
import org.strowger.threading.RunsOn;

/**
 * What does it cost to read one message? Our parser, the JAIN-SIP reference parser, and a walk over every byte as the
 * null baseline: {@code benchmarks/bin/jmh ParseBenchmark -prof gc}.
 */
@RunsOn(RunsOn.Runner.ANY)
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ParseBenchmark {
    /** Which message is read. */
    @Param({"INVITE", "BYE", "OK"})
    public String message = "INVITE";

    private byte[] bytes = SampleMessages.invite();
    private final SipParser parser = new SipParser();
    private final SipMessage parsed = new SipMessage(64);
    private final StringMsgParser jain = new StringMsgParser();

    /** Chooses the message. */
    @Setup
    public void choose() {
        bytes = switch (message) {
            case "INVITE" -> SampleMessages.invite();
            case "BYE" -> SampleMessages.bye();
            case "OK" -> SampleMessages.ok();
            default -> throw new IllegalArgumentException("message: " + message + " (expected: INVITE, BYE or OK)");
        };
    }

    /** The null baseline: every byte is looked at once. */
    @Benchmark
    public int bytesOnly() {
        int sum = 0;
        for (byte b : bytes) {
            sum += b;
        }
        return sum;
    }

    /** Ours: every header line found, the fields that routing reads decoded. */
    @Benchmark
    public SipMessage strowger() {
        if (parser.parse(bytes, 0, bytes.length, parsed) != ParseFailure.NONE) {
            throw new IllegalStateException("message: " + message + " does not parse");
        }
        return parsed;
    }

    /** The reference implementation. */
    @Benchmark
    public SIPMessage jainSip() throws ParseException {
        return jain.parseSIPMessage(bytes, true, false, null);
    }
}
