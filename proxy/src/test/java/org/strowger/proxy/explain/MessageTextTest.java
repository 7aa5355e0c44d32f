package org.strowger.proxy.explain;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MessageTextTest {

    private static String wire(String text) {
        return new String(MessageText.of(text.getBytes(ISO_8859_1)).bytes(), ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"A: 1\nB: 2", "A: 1\nB: 2\n", "A: 1\r\nB: 2", "A: 1\r\nB: 2\r\n"})
    void aMissingEmptyLineIsAddedWhateverTheLineEnds(String text) {
        assertThat(wire(text)).isEqualTo("A: 1\r\nB: 2\r\n\r\n");
        assertThat(MessageText.of(text.getBytes(ISO_8859_1)).notes())
                .contains("the empty line after the headers is added");
    }

    @Test
    void whatIsWholeStaysAsItIs() {
        for (String text : new String[] {"A: 1\r\n\r\n", "A: 1\r\n\r\nbody\n", "\r\n\r\n", ""}) {
            assertThat(wire(text)).isEqualTo(text);
            assertThat(MessageText.of(text.getBytes(ISO_8859_1)).notes()).isEmpty();
        }
        assertThat(wire("A: 1\n\nv=0\n")).isEqualTo("A: 1\r\n\r\nv=0\r\n");
    }
}
