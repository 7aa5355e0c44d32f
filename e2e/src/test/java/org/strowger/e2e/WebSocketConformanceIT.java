package org.strowger.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Autobahn test suite's fuzzing client (version 0.5.6, run by Jython as Netty's build does) against the packaged program. By
 * {@code -Dautobahn.cases=1.*,...,10.*} other cases than the quick ones, which leave out most limits of part 9.
 *
 * <ul>
 *   <li>The tunnel of the HTTP proxy, with an echo server behind it that is made of Strowger's own frame reader: the suite wants
 *       its messages back, which SIP over WebSocket cannot do.
 *   <li>The listener itself, as sub-protocol {@code sip}: every case that needs no echo, since the suite speaks no SIP.
 * </ul>
 *
 * The suite judges behaviour and closing code of each case.
 */
class WebSocketConformanceIT {
    private static final String QUICK = "1.*,2.*,3.*,4.*,5.*,6.*,7.*,10.*,"
            // Of the limits the quick ones: up to 1 MiB in a message, and up to 4 KiB in each of a thousand.
            + "9.1.1,9.1.2,9.1.3,9.2.1,9.2.2,9.2.3,9.5.6,9.6.6,9.7.1,9.7.2,9.7.3,9.7.4,9.8.1,9.8.2,9.8.3,9.8.4,9.8.5";

    private static final String CASES = System.getProperty("autobahn.cases", QUICK);

    /** Those whose end can only be good when a message that is not SIP comes back. */
    private static final String NEEDS_ECHO =
            "1.*,9.*,10.*,3.2,3.3,3.4,4.1.3,4.1.4,4.1.5,4.2.3,4.2.4,4.2.5,5.3,5.4,5.5,5.6,5.7,"
                    + "5.8,5.15,5.19,5.20,6.1.*,6.2.*,6.5.*,6.6.*,6.7.*,6.9.*,6.11.1,6.11.2,6.11.3,6.11.4,6.22.*,6.23.*,7.1.1";

    private final Loopback net = Loopback.of(WebSocketConformanceIT.class);

    @Test
    void everyCaseOfTheFuzzingClientPasses(@TempDir Path cache) {
        Path directory = RunDirectory.create("autobahn");
        try (EchoServer echo = new EchoServer(net.backend(1));
                ProxyProcess proxy = ProxyProcess.start(
                        directory, net, """
                        listeners.web { transport = ws, bind = "%s:8080" }
                        pools.echo { backends = ["http:%s:%d"], health.probe = none }
                        pools.core { backends = ["udp:%s:5060"], health.probe = none }
                        rules = [ { path = "/", pool = echo }, { pool = core } ]
                        """.formatted(net.proxy(), net.backend(1), echo.port(), net.backend(2)))) {
            String url = "ws://" + net.proxy() + ":8080/";
            OsProcess suite = OsProcess.start(
                    directory,
                    "autobahn",
                    command(directory, cache, "tunnel==" + url + "=", "sip=sip=" + url + "=" + NEEDS_ECHO));
            try (suite) {
                suite.join(Duration.ofMinutes(Integer.getInteger("autobahn.minutes", 5)));
            }
            Config results = results(directory);
            Map<String, String> tunnel = verdicts(results.getConfig("tunnel"));
            Map<String, String> sip = results.hasPath("sip") ? verdicts(results.getConfig("sip")) : Map.of();
            System.out.println("Autobahn: " + count(tunnel) + " through the tunnel, " + count(sip) + " of SIP");
            assertThat(bad(tunnel)).as("through the tunnel\n%s", suite.tail()).isEmpty();
            assertThat(bad(sip)).as("as SIP\n%s", proxy.tail()).isEmpty();
            assertThat(tunnel).hasSizeGreaterThan(sip.size());
            assertThat(!sip.isEmpty() || !CASES.equals(QUICK)).as("some of SIP").isTrue();
        }
    }

    private List<String> command(Path directory, Path cache, String... servers) {
        String path = Pattern.compile(Pattern.quote(System.getProperty("path.separator")))
                .splitAsStream(System.getProperty("java.class.path"))
                .filter(entry -> entry.contains("autobahntestsuite") || entry.contains("jython"))
                .collect(Collectors.joining(System.getProperty("path.separator")));
        List<String> command = new ArrayList<>();
        command.add(Jdk.newest().java().toString());
        command.addAll(List.of("-Xmx2g", "-Dpython.cachedir=" + cache, "-cp", path, "org.python.util.jython"));
        command.add(RunDirectory.write(directory.resolve("fuzzingclient.py"), RunDirectory.resource("fuzzingclient.py"))
                .toString());
        command.addAll(List.of("results", CASES));
        command.addAll(List.of(servers));
        return command;
    }

    private static Config results(Path directory) {
        return ConfigFactory.parseFile(
                directory.resolve("results").resolve("index.json").toFile());
    }

    /** By the number of the case: how it behaved, and how it closed. */
    private static Map<String, String> verdicts(Config agent) {
        Map<String, String> verdicts = new TreeMap<>();
        agent.root().forEach((number, value) -> {
            Config result = agent.getConfig("\"" + number + "\"");
            verdicts.put(number, result.getString("behavior") + ", " + result.getString("behaviorClose"));
        });
        return verdicts;
    }

    /** What is neither as the standard has it nor only informational. */
    private static Map<String, String> bad(Map<String, String> verdicts) {
        Map<String, String> bad = new TreeMap<>(verdicts);
        bad.values().removeIf(verdict -> verdict.equals("OK, OK") || verdict.equals("INFORMATIONAL, INFORMATIONAL"));
        return bad;
    }

    private static Map<String, Long> count(Map<String, String> verdicts) {
        return verdicts.values().stream()
                .collect(Collectors.groupingBy(verdict -> verdict, TreeMap::new, Collectors.counting()));
    }
}
