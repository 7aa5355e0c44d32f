package org.strowger.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.strowger.sip.Transport;

/** A SIPp process, client or server, running one of the scenarios below benchmarks/sipp, and what it counted. */
final class SippProcess implements AutoCloseable {
    /** Bytes; with SIPp's own 64 KiB a busy machine loses datagrams at SIPp, which then counts failed calls. */
    private static final String RECEIVE_BUFFER = "4194304";

    private static final Pattern ABORTED = Pattern.compile("Aborting call on unexpected message");
    private static final Pattern GONE = Pattern.compile("received .SIP/2.0 (481 Backend Gone|500 Service Unavailable)");

    /** Where {@code uac} waits for what answers its BYE. */
    private static final Pattern BYE_TIMEOUT = Pattern.compile("timeout on message [^\\n]*:[78] ");

    private final OsProcess process;
    private final Path directory;

    private SippProcess(OsProcess process, Path directory) {
        this.process = process;
        this.directory = directory;
    }

    /** What a client does: so many calls at a rate, each held for a while; whether it sends again over UDP. */
    record Load(int calls, int callsPerSecond, Duration hold, boolean retransmits) {
        Load {
            if (calls < 1 || callsPerSecond < 1) {
                throw new IllegalArgumentException("load: " + calls + " at " + callsPerSecond + " (expected: above 0)");
            }
        }

        static Load of(int calls, int callsPerSecond) {
            return new Load(calls, callsPerSecond, Duration.ZERO, true);
        }

        /**
         * The same, fit for servers on a transport. A SIPp server on TCP takes a request that came twice for an unexpected
         * one and gives the call up (RFC 3261 section 17.2.1 has it absorbed on any transport), so a machine that stands
         * still for half a second would fail calls: there the client sends once, and a lost message fails its call.
         */
        Load towards(Transport servers) {
            return new Load(calls, callsPerSecond, hold, servers == Transport.UDP);
        }
    }

    /** Starts a server; {@code hold} is for the scenarios that hang up themselves. */
    static SippProcess server(Path directory, String scenario, Endpoint at, Duration hold) {
        return server(List.of(), directory, scenario, at, hold);
    }

    /** @param prefix the beginning of the command, such as what enters a network namespace */
    static SippProcess server(List<String> prefix, Path directory, String scenario, Endpoint at, Duration hold) {
        return start(prefix, directory, scenario, at, List.of("-d", Long.toString(hold.toMillis())));
    }

    static SippProcess server(Path directory, String scenario, Endpoint at) {
        return server(directory, scenario, at, Duration.ZERO);
    }

    /** Starts a client that sends to an address by the transport of its own end. */
    static SippProcess client(Path directory, String scenario, Endpoint from, Endpoint to, Load load) {
        return client(List.of(), directory, scenario, from, to, load);
    }

    /** @param prefix the beginning of the command, such as what enters a network namespace */
    static SippProcess client(
            List<String> prefix, Path directory, String scenario, Endpoint from, Endpoint to, Load load) {
        List<String> options = new ArrayList<>(List.of(
                to.hostPort(),
                "-m",
                Integer.toString(load.calls()),
                "-r",
                Integer.toString(load.callsPerSecond()),
                "-l",
                Integer.toString(load.calls() + 1),
                "-d",
                Long.toString(load.hold().toMillis())));
        if (!load.retransmits()) {
            options.add("-nr");
        }
        return start(prefix, directory, scenario, from, options);
    }

    private static SippProcess start(
            List<String> prefix, Path parent, String scenario, Endpoint at, List<String> more) {
        Path directory = createDirectory(parent, scenario + "-" + at.address().replace(':', '_') + "-" + at.port());
        Path file = RunDirectory.project().resolve("benchmarks/sipp/" + scenario + ".xml");
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                Tool.SIPP.path(),
                "-sf",
                file.toString(),
                "-t",
                at.transport() == Transport.UDP ? "u1" : "t1",
                "-i",
                at.address(),
                "-p",
                Integer.toString(at.port()),
                "-nostdin",
                "-fd",
                "1",
                "-buff_size",
                RECEIVE_BUFFER,
                "-trace_stat",
                "-stf",
                "statistics.csv",
                "-trace_counts",
                "-trace_err",
                "-error_file",
                "errors.log"));
        command.addAll(more);
        return new SippProcess(OsProcess.start(directory, "sipp", command), directory);
    }

    private static Path createDirectory(Path parent, String name) {
        try {
            return Files.createTempDirectory(parent, name + "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until a client has made all its calls. */
    SippProcess join(Duration limit) {
        process.join(limit);
        return this;
    }

    /** Lets a server finish its calls, and waits until it has written its last figures. */
    SippProcess finish() {
        process.signal("USR1");
        process.join(Duration.ofSeconds(40));
        return this;
    }

    /** kill -9, as a crash would. */
    long killHard() {
        return process.killHard();
    }

    /** Stops it in the middle of everything: the silent death. */
    void freeze() {
        process.signal("STOP");
    }

    void thaw() {
        process.signal("CONT");
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Calls that went through the whole scenario. */
    long successful() {
        return statistics().number("SuccessfulCall(C)");
    }

    /** Calls that did not. */
    long failed() {
        return statistics().number("FailedCall(C)");
    }

    /** Calls whose INVITE was answered after more than 200 ms. */
    long late() {
        return statistics().sum("ResponseTimeRepartitionsetup_(<500|<1000|<5000|>=5000)");
    }

    /** Calls whose INVITE was answered after a second or more. */
    long veryLate() {
        return statistics().sum("ResponseTimeRepartitionsetup_(<5000|>=5000)");
    }

    /** Messages that the scenario did not foresee, or that belong to no call. */
    long unexpected() {
        return counts().sum("\\d+_.*_Unexp") + statistics().number("OutOfCallMsgs(C)");
    }

    /** Calls that a server had answered, by its tag, and whose BYE was refused in its place: it is gone, or was not reached. */
    long toldGone(SippProcess server) {
        Path errors = directory.resolve("errors.log");
        if (!Files.exists(errors)) {
            return 0;
        }
        String tag = ";tag=" + server.process.pid() + "s";
        try {
            return ABORTED.splitAsStream(Files.readString(errors, ISO_8859_1))
                    .skip(1)
                    .filter(call -> GONE.matcher(call).find() && call.contains(tag) && call.contains("CSeq: 2 BYE"))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Calls of {@code uac} whose BYE nobody answered in 32 s: where it does not repeat ({@link Load#towards}) this is one that the
     * kernel of a killed server had taken.
     */
    long byesUnanswered() {
        Path errors = directory.resolve("errors.log");
        try {
            return Files.exists(errors)
                    ? BYE_TIMEOUT
                            .matcher(Files.readString(errors, ISO_8859_1))
                            .results()
                            .count()
                    : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Messages that it sent more than once. */
    long retransmissions() {
        return statistics().number("Retransmissions(C)");
    }

    /** Messages received or sent in one step of the scenario, such as {@code 3_INVITE_Recv}, retransmissions aside. */
    long count(String step) {
        return counts().number(step);
    }

    /** The calls that a server got: INVITEs outside a dialog, retransmissions aside. */
    long invitations() {
        return count("3_INVITE_Recv");
    }

    private CsvRow statistics() {
        return CsvRow.last(directory.resolve("statistics.csv"));
    }

    private CsvRow counts() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith("_counts.csv"))
                    .findFirst()
                    .map(CsvRow::last)
                    .orElseGet(() -> new CsvRow(java.util.Map.of()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its figures and the last lines of what went wrong, to explain a failure. */
    String explain() {
        String figures = String.format(
                Locale.ROOT,
                "%s: %d ok, %d failed, %d unexpected, %d retransmissions%n",
                directory,
                successful(),
                failed(),
                unexpected(),
                retransmissions());
        Path errors = directory.resolve("errors.log");
        try (Stream<String> lines = Files.exists(errors) ? Files.lines(errors, ISO_8859_1) : Stream.of()) {
            return figures + String.join("\n", lines.limit(40).toList());
        } catch (IOException e) {
            return figures + e;
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
