package org.strowger.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The messages of RFC 4475 and RFC 5118, judged as those judge them for a proxy. */
class TortureTest {
    private final SipMessage message = new SipMessage(128);
    private final SipParser parser = new SipParser();

    static List<TortureCase> all() {
        return TortureCase.all();
    }

    static List<String> names() {
        return facts().stream().map(f -> f[0]).toList();
    }

    private static List<String[]> facts() {
        return TortureCase.rows("facts.tsv");
    }

    @Test
    void everyMessageOfBothIsHere() {
        assertThat(all().stream().filter(c -> c.rfc().equals("4475"))).hasSize(49);
        assertThat(all().stream().filter(c -> c.rfc().equals("5118"))).hasSize(12);
        assertThat(names())
                .isEqualTo(all().stream()
                        .filter(TortureCase::isParsed)
                        .map(TortureCase::name)
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("all")
    void isJudgedAsTheRfcSays(TortureCase torture) {
        ParseFailure failure = parse(torture.bytes());
        String verdict = failure == ParseFailure.NONE
                ? "PASS"
                : message.isRequest() && failure.status() != 0 ? "REFUSE " + failure.status() : "DROP";
        assertThat(verdict).as("%s", failure).isEqualTo(torture.isParsed() ? "PASS" : torture.expectation());
        Spans.assertSound(message);
    }

    @ParameterizedTest
    @MethodSource("names")
    void isReadAsWritten(String name) {
        parse(find(name).bytes());
        String[] expected =
                facts().stream().filter(f -> f[0].equals(name)).toList().get(0);
        assertThat(read(name)).isEqualTo(expected);
    }

    @Test
    void aFolderOfMessagesIsReadWithoutAnException() throws IOException {
        String folder = System.getProperty("strowger.torture.dir", "");
        Assumptions.assumeTrue(!folder.isEmpty(), "skipped: no -Dstrowger.torture.dir=FOLDER");
        try (Stream<Path> files = Files.walk(Path.of(folder))) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                ParseFailure failure = parse(Files.readAllBytes(file));
                Spans.assertSound(message);
                String base = file.getFileName().toString().replaceFirst("\\.[^.]*$", "");
                for (TortureCase torture : all()) {
                    if (torture.name().equals(base)) {
                        assertThat(failure == ParseFailure.NONE)
                                .as("%s: %s", file, failure)
                                .isEqualTo(torture.isParsed());
                    }
                }
                System.out.println(failure + " " + file);
            }
        }
    }

    @Test
    void whatTheRowsDoNotShow() {
        parse(find("badaspec").bytes());
        assertThat(text(message.toUri().user())).isEqualTo("t.watson");
        parse(find("badbranch").bytes());
        assertThat(message.topVia().hasMagicBranch(message.bytes())).isFalse();
        parse(find("unkscm").bytes());
        assertThat(message.requestUri().scheme()).isEqualTo(SipUri.Scheme.OTHER);
        parse(find("esc02").bytes());
        assertThat(message.method()).isEqualTo(Method.OTHER);
        assertThat(message.headerCount()).isEqualTo(10);
        assertThat(message.headerId(7)).isEqualTo(HeaderId.OTHER);
        parse(find("via-received-param-with-delim").bytes());
        assertThat(text(message.topVia().received())).isEqualTo("[2001:db8::9:255]");
        parse(find("via-received-param-no-delim").bytes());
        assertThat(text(message.topVia().received())).isEqualTo("2001:db8::9:255");
    }

    @Test
    void threeColonsBeforeAnIpv4TailMeanTwo() {
        IpPort wrong = host("ipv6-bug-abnf-3-colons");
        assertThat(wrong).isEqualTo(host("ipv6-correct-abnf-2-colons"));
        assertThat(wrong).hasToString("[2001:db8::c000:201]:0");
    }

    private IpPort host(String name) {
        parse(find(name).bytes());
        IpPort address = new IpPort();
        Span host = message.requestUri().host();
        assertThat(IpText.readHost(message.bytes(), host.start(), host.end(), address))
                .isTrue();
        return address;
    }

    private String[] read(String name) {
        Via via = message.topVia();
        SipUri uri = message.requestUri();
        return new String[] {
            name,
            message.isRequest() ? text(message.methodName()) : Integer.toString(message.statusCode()),
            text(uri.user()),
            text(uri.host()),
            port(uri.port()),
            text(via.transport()),
            text(via.host()),
            port(via.port()),
            text(via.branch()),
            text(message.fromTag()),
            text(message.toTag()),
            Long.toString(message.cseqNumber()),
            Integer.toString(message.maxForwards()),
            Integer.toString(Spans.vias(message)),
            Integer.toString(message.end() - message.bodyStart())
        };
    }

    private static String port(int port) {
        return port < 0 ? "-" : Integer.toString(port);
    }

    private static TortureCase find(String name) {
        return all().stream().filter(c -> c.name().equals(name)).toList().get(0);
    }

    private ParseFailure parse(byte[] bytes) {
        return parser.parse(bytes, 0, bytes.length, message);
    }

    private String text(Span span) {
        return span.isPresent() ? new String(message.bytes(), span.start(), span.length(), ISO_8859_1) : "-";
    }
}
