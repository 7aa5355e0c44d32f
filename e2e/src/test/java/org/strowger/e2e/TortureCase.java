package org.strowger.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.strowger.sip.Transport;

/**
 * One message of RFC 4475 or RFC 5118 and what a proxy does with it: a row of {@code torture/cases.tsv} of module sip,
 * and of {@code torture/tcp.tsv} where a connection makes a difference.
 */
record TortureCase(String name, String rfc, Verdict datagram, Verdict connection) {

    /** What becomes of the connection that a message came on. */
    enum Connection {
        STAYS,
        ENDS,
        /** The message is not complete: the rest is awaited. */
        WAITS
    }

    /**
     * What is expected.
     *
     * @param passes how many messages are forwarded
     * @param status of the proxy's own answer; empty for none
     */
    record Verdict(int passes, String status, Connection connection) {
        /** {@code PASS}, {@code PASS n}, {@code REFUSE status} or {@code DROP}. */
        static Verdict of(String expectation, Connection connection) {
            String[] words = expectation.split(" ", 2);
            return switch (words[0]) {
                case "PASS" -> new Verdict(words.length == 1 ? 1 : Integer.parseInt(words[1]), "", connection);
                case "REFUSE" -> new Verdict(0, words[1], connection);
                case "DROP" -> new Verdict(0, "", connection);
                default -> throw new IllegalArgumentException(expectation + " (expected: PASS, REFUSE or DROP)");
            };
        }

        /** For a count of the classes. */
        String kind() {
            String what = passes > 0 ? "passed" : status.isEmpty() ? "silent" : "refused " + status;
            return switch (connection) {
                case STAYS -> what;
                case ENDS -> what + ", connection closed";
                case WAITS -> what + " when complete";
            };
        }
    }

    static List<TortureCase> all() {
        Map<String, Verdict> connections =
                rows("tcp.tsv").collect(Collectors.toMap(f -> f[0], f -> Verdict.of(f[1], Connection.valueOf(f[2]))));
        List<TortureCase> cases = rows("cases.tsv").map(f -> of(f, connections)).toList();
        List<String> names = cases.stream().map(TortureCase::name).toList();
        if (!names.containsAll(connections.keySet())) {
            throw new IllegalStateException("tcp.tsv: " + connections.keySet() + " (expected: names of cases.tsv)");
        }
        return cases;
    }

    private static TortureCase of(String[] fields, Map<String, Verdict> connections) {
        Verdict datagram = Verdict.of(fields[3], Connection.STAYS);
        return new TortureCase(fields[0], fields[1], datagram, connections.getOrDefault(fields[0], datagram));
    }

    private static Stream<String[]> rows(String table) {
        try {
            return Files.readAllLines(folder().resolve(table)).stream().skip(1).map(line -> line.split("\t", -1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path folder() {
        return RunDirectory.project().resolve("sip/src/test/resources/torture");
    }

    Path file() {
        return folder().resolve("rfc" + rfc).resolve(name + ".sip");
    }

    Verdict over(Transport transport) {
        return transport.isDatagram() ? datagram : connection;
    }
}
