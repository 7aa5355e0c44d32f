package org.strowger.proxy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class DemoTableTest {
    private static final Map<String, Long> SHARES = Map.of("udp:127.0.0.1:7001", 60L, "udp:127.0.0.1:7002", 40L);

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    @Test
    void aPipeGetsOneLineASecond() {
        DemoTable table = new DemoTable(out, TableStyle.LINES);
        table.print(report(0), SHARES, Duration.ofSeconds(5), Duration.ofSeconds(2));
        assertThat(text())
                .isEqualToNormalizingNewlines("   5 s  100 started  10 in progress  95 answered (95.0 %)  0 failed"
                        + "  50 calls/s  p50 1.50 ms  p99 9.25 ms"
                        + "  udp:127.0.0.1:7001 60 (60.0 %), udp:127.0.0.1:7002 40 (40.0 %)\n");
    }

    @Test
    void aTerminalIsDrawnOverWithWhatIsNew() {
        DemoTable table = new DemoTable(out, TableStyle.REDRAWN);
        table.print(report(0), SHARES, Duration.ofSeconds(5), Duration.ofSeconds(1));
        String first = text();
        assertThat(first).doesNotContain("\u001b").contains("60.00 %  ##################\n");
        printed.reset();
        table.print(report(2), SHARES, Duration.ofSeconds(6), Duration.ofSeconds(1));
        long lines = first.lines().count();
        assertThat(text()).startsWith("\u001b[" + lines + "F\u001b[J").contains("failures   2 x INVITE: 503");
    }

    @Test
    void theSummaryTellsSuccessFromFailure() {
        assertThat(DemoTable.summary(report(0), SHARES, Duration.ofSeconds(5)))
                .startsWith("demo: OK; 100 calls in 5.0 s");
        assertThat(DemoTable.summary(report(2), SHARES, Duration.ofSeconds(5)))
                .startsWith("demo: FAILED; ")
                .endsWith("; 2 x INVITE: 503");
    }

    @Test
    void nothingDividesByZero() {
        CallerReport empty = new CallerReport(0, 0, 0, 0, 0, 0, 0, 0, 0, Map.of());
        new DemoTable(out, TableStyle.LINES).print(empty, Map.of("a", 0L), Duration.ZERO, Duration.ZERO);
        assertThat(text()).contains("0 answered (0.0 %)").contains("a 0 (0.0 %)");
    }

    private String text() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    private static CallerReport report(long failed) {
        return new CallerReport(
                100,
                95,
                7,
                90 - failed,
                failed,
                4,
                0,
                1_500,
                9_250,
                failed == 0 ? Map.of() : Map.of("INVITE: 503", failed));
    }
}
