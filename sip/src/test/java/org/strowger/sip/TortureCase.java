package org.strowger.sip;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * One row of {@code torture/cases.tsv}: a message of RFC 4475 or RFC 5118 and what a proxy does with it.
 *
 * @param expectation {@code PASS}, {@code REFUSE status} or {@code DROP}
 * @param by {@code parser}, or {@code router} when the parser passes the message and routing decides
 */
record TortureCase(String name, String rfc, String section, String expectation, String note, String by) {

    static List<TortureCase> all() {
        return rows("cases.tsv").stream()
                .map(f -> new TortureCase(f[0], f[1], f[2], f[3], f[4], f[5]))
                .toList();
    }

    /** The fields of a table under {@code torture/}, without its heading. */
    static List<String[]> rows(String table) {
        return new String(resource(table), UTF_8)
                .lines()
                .skip(1)
                .map(line -> line.split("\t", -1))
                .toList();
    }

    boolean isParsed() {
        return expectation.equals("PASS") || by.equals("router");
    }

    byte[] bytes() {
        return resource("rfc" + rfc + "/" + name + ".sip");
    }

    private static byte[] resource(String path) {
        try (InputStream in = TortureCase.class.getResourceAsStream("/torture/" + path)) {
            if (in == null) {
                throw new IllegalStateException("torture/" + path + ": missing");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return name + ", RFC " + rfc + " section " + section + ": " + note;
    }
}
