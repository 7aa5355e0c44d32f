package org.strowger.benchmarks;

import java.util.Optional;
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
import org.strowger.sip.IpPort;
import org.strowger.sip.cookie.ClusterKey;
import org.strowger.sip.cookie.Cookie;
import org.strowger.sip.cookie.CookieCodec;
import org.strowger.sip.cookie.CookieVerdict;
import org.strowger.threading.RunsOn;

/**
 * What does it cost to sign a decision into a cookie, and to read and verify one? {@code benchmarks/bin/jmh CookieBenchmark
 * -prof gc}.
 */
@RunsOn(RunsOn.Runner.ANY)
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class CookieBenchmark {
    private final CookieCodec codec = new CookieCodec(ClusterKey.of(new byte[ClusterKey.LENGTH]), Optional.empty());
    private final Cookie cookie = new Cookie();
    private final Cookie read = new Cookie();
    private final byte[] text = new byte[CookieCodec.MAX_TEXT];
    private final int length;

    /** Makes the cookie of a dialog with a client at an IPv4 address. */
    public CookieBenchmark() {
        IpPort client = new IpPort();
        client.setIpv4(0x7F000002, 5070);
        cookie.clear(Cookie.Kind.RECORD_ROUTE);
        cookie.setAddress(client);
        cookie.setBackend(0x1234_5678_9ABC_DEF0L);
        cookie.setFromTagHash(0x1234);
        length = codec.write(cookie, text, 0);
    }

    /** Signs one. */
    @Benchmark
    public int sign() {
        return codec.write(cookie, text, 0);
    }

    /** Verifies and reads one. */
    @Benchmark
    public CookieVerdict verify() {
        return codec.read(text, 0, length, read);
    }
}
