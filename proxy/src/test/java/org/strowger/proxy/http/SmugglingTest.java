package org.strowger.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The classical ways to have two programs see different requests in the same bytes: each is refused, none repaired. */
class SmugglingTest {
    private static final String POST = "POST / HTTP/1.1\\r\\nHost: a\\r\\n";

    /** Escapes of the table below; {@code POST} stands for a request line and Host. */
    private static String raw(String text) {
        return text.replace("POST;", POST)
                .replace("\\r", "\r")
                .replace("\\n", "\n")
                .replace("\\t", "\t")
                .replace("\\v", "\u000b")
                .replace("\\0", "\0");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "CL.TE|LENGTH_AND_CODING|POST;Content-Length: 13\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\nSMUGGLED",
                "TE.CL|LENGTH_AND_CODING|POST;Transfer-Encoding: chunked\\r\\nContent-Length: 3\\r\\n\\r\\n8\\r\\nSMUGGLED\\r\\n0\\r\\n\\r\\n",
                "TE.TE two lines|BAD_CODING|POST;Transfer-Encoding: chunked\\r\\nTransfer-Encoding: identity\\r\\n\\r\\n",
                "TE.TE list|BAD_CODING|POST;Transfer-Encoding: chunked, identity\\r\\n\\r\\n",
                "TE twice chunked|BAD_CODING|POST;Transfer-Encoding: chunked, chunked\\r\\n\\r\\n",
                "TE.TE xchunked|BAD_CODING|POST;Transfer-Encoding: xchunked\\r\\n\\r\\n",
                "TE gzip|BAD_CODING|POST;Transfer-Encoding: gzip, chunked\\r\\n\\r\\n",
                "TE quoted|BAD_CODING|POST;Transfer-Encoding: \"chunked\"\\r\\n\\r\\n",
                "TE empty|BAD_CODING|POST;Transfer-Encoding:\\r\\n\\r\\n",
                "TE parameter|BAD_CODING|POST;Transfer-Encoding: chunked;x=1\\r\\n\\r\\n",
                "TE vertical tab|BAD_FIELD|POST;Transfer-Encoding: \\vchunked\\r\\n\\r\\n",
                "TE null|BAD_FIELD|POST;Transfer-Encoding: chunked\\0\\r\\n\\r\\n",
                "TE space before colon|BAD_FIELD|POST;Transfer-Encoding : chunked\\r\\n\\r\\n",
                "TE tab before colon|BAD_FIELD|POST;Transfer-Encoding\\t: chunked\\r\\n\\r\\n",
                "TE in 1.0|BAD_CODING|POST / HTTP/1.0\\r\\nHost: a\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n",
                "TE folded|OBSOLETE_FOLD|POST;Transfer-Encoding:\\r\\n chunked\\r\\n\\r\\n",
                "obs-fold|OBSOLETE_FOLD|POST;X: a\\r\\n\\tContent-Length: 5\\r\\n\\r\\n",
                "fold at the first line|OBSOLETE_FOLD|GET / HTTP/1.1\\r\\n Host: a\\r\\n\\r\\n",
                "CL.CL different|BAD_LENGTH|POST;Content-Length: 5\\r\\nContent-Length: 6\\r\\n\\r\\n",
                "CL.CL same|BAD_LENGTH|POST;Content-Length: 5\\r\\nContent-Length: 5\\r\\n\\r\\n",
                "CL list|BAD_LENGTH|POST;Content-Length: 5, 5\\r\\n\\r\\n",
                "CL plus|BAD_LENGTH|POST;Content-Length: +5\\r\\n\\r\\n",
                "CL minus|BAD_LENGTH|POST;Content-Length: -5\\r\\n\\r\\n",
                "CL hex|BAD_LENGTH|POST;Content-Length: 0x5\\r\\n\\r\\n",
                "CL empty|BAD_LENGTH|POST;Content-Length:\\r\\n\\r\\n",
                "CL inner space|BAD_LENGTH|POST;Content-Length: 1 0\\r\\n\\r\\n",
                "CL huge|BAD_LENGTH|POST;Content-Length: 99999999999999999999\\r\\n\\r\\n",
                "CL space before colon|BAD_FIELD|POST;Content-Length : 5\\r\\n\\r\\n",
                "name with CR|BAD_LINE_END|POST;X\\rContent-Length: 5\\r\\n\\r\\n",
                "value with lone CR|BAD_LINE_END|POST;X: a\\rTransfer-Encoding: chunked\\r\\n\\r\\n",
                "lone LF after a field|BAD_LINE_END|POST;X: a\\nContent-Length: 5\\r\\n\\r\\n",
                "lone LF ends the head|BAD_LINE_END|POST;X: a\\r\\n\\n",
                "lone LF after the request line|BAD_LINE_END|GET / HTTP/1.1\\nHost: a\\r\\n\\r\\n",
                "null in a name|BAD_FIELD|POST;X\\0: a\\r\\n\\r\\n",
                "no name|BAD_FIELD|POST;: a\\r\\n\\r\\n",
                "no colon|BAD_FIELD|POST;abc\\r\\n\\r\\n",
                "chunk size 0x|BAD_CHUNK|POST;Transfer-Encoding: chunked\\r\\n\\r\\n0x3\\r\\nabc\\r\\n",
                "chunk size plus|BAD_CHUNK|POST;Transfer-Encoding: chunked\\r\\n\\r\\n+3\\r\\nabc\\r\\n",
                "chunk size minus|BAD_CHUNK|POST;Transfer-Encoding: chunked\\r\\n\\r\\n-3\\r\\nabc\\r\\n",
                "chunk size empty|BAD_CHUNK|POST;Transfer-Encoding: chunked\\r\\n\\r\\n\\r\\nabc\\r\\n",
                "chunk size space before|BAD_CHUNK|POST;Transfer-Encoding: chunked\\r\\n\\r\\n 3\\r\\nabc\\r\\n",
                "chunk size space after|BAD_CHUNK|POST;Transfer-Encoding: chunked\\r\\n\\r\\n3 \\r\\nabc\\r\\n",
                "chunk size overflow|BAD_CHUNK|POST;Transfer-Encoding: chunked\\r\\n\\r\\n10000000000000003\\r\\nabc\\r\\n",
                "chunk size lone LF|BAD_LINE_END|POST;Transfer-Encoding: chunked\\r\\n\\r\\n3\\nabc\\r\\n",
                "chunk extension lone LF|BAD_LINE_END|POST;Transfer-Encoding: chunked\\r\\n\\r\\n3;x\\nabc\\r\\n0\\r\\n\\r\\n",
                "chunk extension lone CR|BAD_LINE_END|POST;Transfer-Encoding: chunked\\r\\n\\r\\n3;x\\ry\\r\\nabc\\r\\n",
                "chunk extension null|BAD_CHUNK|POST;Transfer-Encoding: chunked\\r\\n\\r\\n3;x=\\0\\r\\nabc\\r\\n",
                "chunk data too long|BAD_CHUNK|POST;Transfer-Encoding: chunked\\r\\n\\r\\n3\\r\\nabcX\\r\\n",
                "chunk data lone LF|BAD_LINE_END|POST;Transfer-Encoding: chunked\\r\\n\\r\\n3\\r\\nabc\\n0\\r\\n\\r\\n",
                "trailer folded|OBSOLETE_FOLD|POST;Transfer-Encoding: chunked\\r\\n\\r\\n0\\r\\nX: a\\r\\n b\\r\\n\\r\\n",
                "no Host|BAD_HOST|GET / HTTP/1.1\\r\\n\\r\\n",
                "two Hosts|BAD_HOST|GET / HTTP/1.1\\r\\nHost: a\\r\\nHost: a\\r\\n\\r\\n",
                "Host with a path|BAD_HOST|GET / HTTP/1.1\\r\\nHost: a/b\\r\\n\\r\\n",
                "Host with a user|BAD_HOST|GET / HTTP/1.1\\r\\nHost: a@b\\r\\n\\r\\n",
                "Host with a space|BAD_HOST|GET / HTTP/1.1\\r\\nHost: a b\\r\\n\\r\\n",
                "Host with a bad port|BAD_HOST|GET / HTTP/1.1\\r\\nHost: a:x\\r\\n\\r\\n",
                "empty Host|BAD_HOST|GET / HTTP/1.1\\r\\nHost:\\r\\n\\r\\n",
                "two blanks|BAD_START_LINE|GET  / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n",
                "no version|BAD_START_LINE|GET /\\r\\nHost: a\\r\\n\\r\\n",
                "lower-case version|BAD_START_LINE|GET / http/1.1\\r\\nHost: a\\r\\n\\r\\n",
                "version 1.10|BAD_START_LINE|GET / HTTP/1.10\\r\\nHost: a\\r\\n\\r\\n",
                "version 2.0|BAD_VERSION|GET / HTTP/2.0\\r\\nHost: a\\r\\n\\r\\n",
                "method with a control character|BAD_START_LINE|GE\\tT / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n",
                "two blank lines before|BAD_START_LINE|\\r\\n\\r\\nGET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n",
                "fragment|BAD_TARGET|GET /#a HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n",
                "target not ASCII|BAD_TARGET|GET /\u00e4 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n",
                "relative target|BAD_TARGET|GET a HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n",
                "absolute target with a user|BAD_TARGET|GET http://a@b/ HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n",
                "CONNECT|METHOD_NOT_ALLOWED|CONNECT a:443 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n",
                "expectation|BAD_EXPECTATION|POST;Expect: 200-ok\\r\\n\\r\\n",
                "WebSocket without a key|BAD_UPGRADE|GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n\\r\\n",
                "WebSocket with a body|BAD_UPGRADE|GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\nSec-WebSocket-Key: k\\r\\nContent-Length: 4\\r\\n\\r\\n",
            })
    void isRefused(String name, HttpFault expected, String text) {
        String bytes = raw(text);
        Recorded whole = Recorded.of(bytes);

        assertThat(whole.fault).as(name).contains(expected);
        assertThat(whole.body.toString()).doesNotContain("SMUGGLED");
        assertThat(Recorded.inPieces(bytes, 1).fault).as("byte by byte").contains(expected);
    }

    @Test
    void whatIsTooLongIsRefusedBeforeItsEnd() {
        assertThat(Recorded.of("GET /" + "a".repeat(300)).fault).contains(HttpFault.URI_TOO_LONG);
        assertThat(Recorded.of("GET / HTTP/1.1\r\nHost: a\r\nX: " + "a".repeat(2000)).fault)
                .contains(HttpFault.HEAD_TOO_LARGE);
        assertThat(Recorded.of("GET / HTTP/1.1\r\n" + "X: a\r\n".repeat(21)).fault)
                .contains(HttpFault.HEAD_TOO_LARGE);
        assertThat(Recorded.of(raw("POST;Transfer-Encoding: chunked\\r\\n\\r\\n3;" + "x".repeat(300))).fault)
                .contains(HttpFault.BAD_CHUNK);
        assertThat(HttpFault.URI_TOO_LONG.status()).isEqualTo(414);
        assertThat(HttpFault.HEAD_TOO_LARGE.status()).isEqualTo(431);
    }
}
