package org.strowger.sip.stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where messages end on a connection, and when nobody can tell. */
class SipFramerTest {
    private static final String START = "INVITE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK1\r\n";
    private static final String PLAIN = START + "Content-Length: 4\r\n\r\nbody";
    private static final FrameLimits LIMITS = new FrameLimits(512, 1024);

    private final RecordingSink sink = new RecordingSink();
    private final SipFramer framer = new SipFramer(LIMITS);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 4",
                "content-length:4",
                "CONTENT-LENGTH : 4 ",
                "l: 4",
                "L\t:\t4",
                "Content-Length:\r\n 4",
                "Content-Length: \r\n\t\r\n 4",
                "Content-Length: 0004",
                "Content-Length: 4\r\nl: 4",
                "Call-ID: 1\r\nContact: <sip:a>\r\nlanguage: 7\r\nContent-Length: 4",
                "X: y\r\n Content-Length: 9\r\nl: 4",
                "Content-Length-Not: 9\r\nl: 4",
                "X: bare line feed\nl: 4",
            })
    void contentLengthIsFoundInEveryForm(String header) {
        String message = START + header + "\r\n\r\nbody";
        assertThat(feed(message + PLAIN)).isEqualTo(FrameFailure.NONE);
        assertThat(sink.events).containsExactly("message " + message, "message " + PLAIN);
        assertThat(framer.heldBytes()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "NO_CONTENT_LENGTH | X: y",
                "NO_CONTENT_LENGTH | Content-Lengt: 4",
                "NO_CONTENT_LENGTH | Content-Length 4",
                "NO_CONTENT_LENGTH | X: y; l: 4",
                "BAD_CONTENT_LENGTH | Content-Length:",
                "BAD_CONTENT_LENGTH | Content-Length: -1",
                "BAD_CONTENT_LENGTH | Content-Length: +4",
                "BAD_CONTENT_LENGTH | Content-Length: 4, 4",
                "BAD_CONTENT_LENGTH | Content-Length: 4 4",
                "BAD_CONTENT_LENGTH | Content-Length: 0x4",
                "BAD_CONTENT_LENGTH | Content-Length: 4;a=b",
                "BAD_CONTENT_LENGTH | Content-Length: 2147483648",
                "BAD_CONTENT_LENGTH | Content-Length: 18446744073709551620",
                "BAD_CONTENT_LENGTH | Content-Length: 4~l: 5",
                "BAD_CONTENT_LENGTH | l: 4~Content-Length: x",
                "MESSAGE_TOO_LARGE | Content-Length: 2147483647",
                "MESSAGE_TOO_LARGE | Content-Length: 1000",
            })
    void anUnclearEndBreaksTheConnectionAndShowsTheHead(FrameFailure why, String headers) {
        String head = START + headers.replace("~", "\r\n") + "\r\n\r\n";
        assertThat(feed(PLAIN + head + "body" + PLAIN)).isEqualTo(why);
        assertThat(sink.events).containsExactly("message " + PLAIN, "broken " + why + " " + head);
        assertThat(feed(PLAIN)).isEqualTo(why);
        assertThat(sink.events).hasSize(2);
        assertThat(byteByByte(head)).containsExactly("broken " + why + " " + head);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0016\u0003\u0001\u0002",
                "\0\0\0\0",
                "\r\r",
                "\rINVITE",
                " INVITE sip:a SIP/2.0\r\n",
                "{\"json\":1}",
                "<xml/>",
                "SSH-2.0-OpenSSH_9.2\r\n",
                "GET / HTTP/1.1\r\n",
                "PRI * HTTP/2.0\r\n",
                "INVITE sip:a\r\n",
                "INVITE sip:a SIP\r\n",
                "INVITE SIP/2.0 sip:a\r\n",
                "INVITE\r\n",
                "HTTP/1.1 200 OK\r\n",
            })
    void whatCannotBeSipIsNoticedInItsFirstLine(String text) {
        assertThat(feed(text)).isEqualTo(FrameFailure.NOT_SIP);
        assertThat(sink.events).containsExactly("broken NOT_SIP ");
        assertThat(byteByByte(text)).containsExactly("broken NOT_SIP ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SIP/2.0 200 OK",
                "sip/2.0 180 ",
                "INVITE sip:a SIP/7.0",
                "!interesting-Method0123456789_*+`.%indeed'~ sip:a SIP/2.0",
                "INVITE  sip:a  sip/2.0  \t",
                "INVITE sip:a; lr SIP/2.0",
            })
    void aFirstLineThatIsOnlyBadIsLeftToTheParser(String line) {
        String message = line + "\r\nl: 0\r\n\r\n";
        assertThat(feed(message)).isEqualTo(FrameFailure.NONE);
        assertThat(sink.events).containsExactly("message " + message);
    }

    @Test
    void aMethodWithoutEndIsNotWaitedFor() {
        assertThat(feed("A".repeat(FirstLine.MAX_METHOD))).isEqualTo(FrameFailure.NONE);
        assertThat(feed("A")).isEqualTo(FrameFailure.NOT_SIP);
    }

    @Test
    void anEmptyLineWithABareLineFeedBreaksTheConnection() {
        String head = "INVITE sip:a SIP/2.0\nl: 0\n\n";
        assertThat(feed(head)).isEqualTo(FrameFailure.BAD_LINE_END);
        assertThat(sink.events).containsExactly("broken BAD_LINE_END " + head);
        assertThat(byteByByte(head)).containsExactly("broken BAD_LINE_END " + head);
    }

    @Test
    void lineEndsBetweenMessagesAreKeepAlives() {
        feed("\r\n\r\n");
        assertThat(sink.events).containsExactly("pong", "ping");
        sink.events.clear();
        feed("\r\n" + PLAIN + "\r\n" + PLAIN + "\r\n\r\n\r\n");
        assertThat(sink.events)
                .containsExactly("pong", "message " + PLAIN, "pong", "message " + PLAIN, "pong", "ping", "pong");
        sink.events.clear();
        feed("\r\n");
        assertThat(sink.events).containsExactly("ping");
        feed("\n\n" + PLAIN);
        assertThat(sink.events).containsExactly("ping", "message " + PLAIN);
    }

    @Test
    void anyCutGivesTheSameEvents() {
        Random random = new Random(7);
        for (int round = 0; round < 300; round++) {
            String stream = randomStream(random);
            List<String> whole = eventsOf(stream, new int[0]);
            assertThat(byteByByte(stream)).isEqualTo(whole);
            int[] cuts = random.ints(random.nextInt(12), 0, stream.length() + 1)
                    .sorted()
                    .toArray();
            assertThat(eventsOf(stream, cuts)).isEqualTo(whole);
        }
    }

    @Test
    void randomChangesNeverRaiseAnExceptionAndNeverKeepMoreThanTheLimits() {
        Random random = new Random(8);
        for (int round = 0; round < 2_000; round++) {
            byte[] stream = randomStream(random).getBytes(ISO_8859_1);
            for (int change = random.nextInt(4); change >= 0; change--) {
                stream[random.nextInt(stream.length)] = (byte) random.nextInt(256);
            }
            SipFramer fresh = new SipFramer(LIMITS);
            RecordingSink seen = new RecordingSink();
            int at = 0;
            while (at < stream.length) {
                int next = Math.min(stream.length, at + 1 + random.nextInt(200));
                fresh.feed(stream, at, next, seen);
                assertThat(fresh.heldBytes()).isLessThanOrEqualTo(LIMITS.maxMessageBytes());
                at = next;
            }
            String text = new String(stream, ISO_8859_1);
            assertThat(eventsOf(text, new int[0])).isEqualTo(seen.events);
        }
    }

    @Test
    void headersUpToTheLimitPassAndOneMoreDoesNot() {
        String rest = "\r\nl: 0\r\n\r\n";
        String fits = START + "X: " + "y".repeat(512 - START.length() - 3 - rest.length()) + rest;
        assertThat(fits).hasSize(512);
        assertThat(feed(fits)).isEqualTo(FrameFailure.NONE);
        assertThat(byteByByte(fits)).containsExactly("message " + fits);
        String tooLong = fits.replace("X: ", "X: y");
        String shown = "broken HEADERS_TOO_LARGE " + tooLong.substring(0, 512);
        assertThat(feed(tooLong)).isEqualTo(FrameFailure.HEADERS_TOO_LARGE);
        assertThat(sink.events).containsExactly("message " + fits, shown);
        assertThat(byteByByte(tooLong)).containsExactly(shown);
        assertThat(eventsOf(tooLong, new int[] {500})).containsExactly(shown);
    }

    @Test
    void headersMadeOfShortLinesAreLimitedToo() {
        String head = START + "a:b\r\n".repeat(100);
        assertThat(feed(head)).isEqualTo(FrameFailure.HEADERS_TOO_LARGE);
        assertThat(byteByByte(head)).containsExactly("broken HEADERS_TOO_LARGE " + head.substring(0, 512));
    }

    @Test
    void bodiesUpToTheLimitPass() {
        String head = START + "Content-Length: ";
        int length = 1024 - head.length() - 7;
        String fits = head + length + "\r\n\r\n" + "b".repeat(length);
        assertThat(fits).hasSize(1024);
        assertThat(byteByByte(fits)).containsExactly("message " + fits);
        assertThat(feed(head + (length + 1) + "\r\n\r\n")).isEqualTo(FrameFailure.MESSAGE_TOO_LARGE);
    }

    @Test
    void nothingIsKeptBetweenMessagesOrAfterTheEnd() {
        feed(PLAIN.substring(0, 20));
        assertThat(framer.heldBytes()).isEqualTo(20);
        feed(PLAIN.substring(20));
        assertThat(framer.heldBytes()).isZero();
        feed(PLAIN.substring(0, 20));
        framer.close();
        assertThat(framer.heldBytes()).isZero();
        assertThat(feed(PLAIN)).isEqualTo(FrameFailure.NONE);
        assertThat(sink.events).containsExactly("message " + PLAIN);
    }

    @Test
    void aWholeMessageIsHandedOverWhereItLies() {
        byte[] bytes = ("..." + PLAIN).getBytes(ISO_8859_1);
        List<byte[]> arrays = new ArrayList<>();
        framer.feed(bytes, 3, bytes.length, new ForwardingSink() {
            @Override
            public void message(byte[] message, int from, int to) {
                arrays.add(message);
            }
        });
        assertThat(arrays).hasSize(1);
        assertThat(arrays.get(0)).isSameAs(bytes);
    }

    @Test
    void aSinkThatClosesSeesNoFurtherMessage() {
        List<Integer> ends = new ArrayList<>();
        byte[] bytes = (PLAIN + PLAIN).getBytes(ISO_8859_1);
        framer.feed(bytes, 0, bytes.length, new ForwardingSink() {
            @Override
            public void message(byte[] message, int from, int to) {
                ends.add(to);
                framer.close();
            }
        });
        assertThat(ends).containsExactly(PLAIN.length());
    }

    @Test
    void limitsAreChecked() {
        assertThatThrownBy(() -> new FrameLimits(0, 10)).hasMessage("maxHeaderBytes: 0 (expected: > 0)");
        assertThatThrownBy(() -> new FrameLimits(10, 9))
                .hasMessage("maxMessageBytes: 9 (expected: >= maxHeaderBytes, 10)");
    }

    /** Messages, keep-alives and now and then an end. */
    private static String randomStream(Random random) {
        StringBuilder stream = new StringBuilder();
        for (int i = random.nextInt(6); i >= 0; i--) {
            switch (random.nextInt(12)) {
                case 0 -> stream.append("\r\n");
                case 1 -> stream.append("\r\n\r\n");
                case 2 -> stream.append(START).append("X: y\r\n\r\n");
                case 3 -> stream.append("GET / HTTP/1.1\r\n\r\n");
                default -> {
                    String body = "\r\n\r\nl: 1".repeat(random.nextInt(60)) + "b".repeat(random.nextInt(8));
                    stream.append(START).append("X: ").append("y".repeat(random.nextInt(300)));
                    stream.append("\r\n z\r\nl:")
                            .append(body.length())
                            .append("\r\n\r\n")
                            .append(body);
                }
            }
        }
        return stream.toString();
    }

    private FrameFailure feed(String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        return framer.feed(bytes, 0, bytes.length, sink);
    }

    private static List<String> byteByByte(String text) {
        int[] cuts = new int[text.length()];
        Arrays.setAll(cuts, i -> i);
        return eventsOf(text, cuts);
    }

    private static List<String> eventsOf(String text, int[] cuts) {
        SipFramer fresh = new SipFramer(LIMITS);
        RecordingSink seen = new RecordingSink();
        int from = 0;
        for (int cut : cuts) {
            feedPart(fresh, text.substring(from, cut), seen);
            from = cut;
        }
        feedPart(fresh, text.substring(from), seen);
        return seen.events;
    }

    /** In an array of its own that is wiped afterwards, so that a kept reference would show. */
    private static void feedPart(SipFramer fresh, String part, RecordingSink seen) {
        byte[] bytes = ("##" + part + "##").getBytes(ISO_8859_1);
        fresh.feed(bytes, 2, bytes.length - 2, seen);
        Arrays.fill(bytes, (byte) '#');
    }

    /** A sink of which a test overrides one method. */
    private static class ForwardingSink implements SipFramer.Sink {
        @Override
        public void message(byte[] bytes, int from, int to) {}

        @Override
        public void ping() {}

        @Override
        public void pong() {}

        @Override
        public void broken(FrameFailure why, byte[] bytes, int from, int to) {}
    }
}
