package org.strowger.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JsonWriterTest {

    @Test
    void writesObjectsArraysTextsNumbersAndFlags() {
        JsonWriter json = new JsonWriter().beginObject().member("a", "x").member("b", -7);
        json.name("c").value(true).name("d").beginArray().endArray();
        json.name("e")
                .beginArray()
                .value(1)
                .beginObject()
                .endObject()
                .value("y")
                .endArray();
        json.member("f", List.of("p", "q"));
        assertThat(json.endObject().finish())
                .isEqualTo("{\"a\":\"x\",\"b\":-7,\"c\":true,\"d\":[],\"e\":[1,{},\"y\"],\"f\":[\"p\",\"q\"]}");
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '\'', textBlock = """
            22,       '\\"'
            5c,       '\\\\'
            0a,       '\\n'
            0d,       '\\r'
            09,       '\\t'
            00,       '\\u0000'
            1f,       '\\u001f'
            7f,       '\\u007f'
            9f,       '\\u009f'
            2028,     '\\u2028'
            2029,     '\\u2029'
            2f,       '/'
            e9,       'é'
            d800,     '\uFFFD'
            dc00,     '\uFFFD'
            dc00d800, '\uFFFD\uFFFD'
            d83dde00, '\uD83D\uDE00'
            """)
    void escapes(String utf16, String expected) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < utf16.length(); i += 4) {
            text.append((char) Integer.parseInt(utf16.substring(i, Math.min(utf16.length(), i + 4)), 16));
        }
        assertThat(new JsonWriter().value(text.toString()).finish()).isEqualTo("\"" + expected + "\"");
    }

    @Test
    void whateverTextGoesInComesOutOfAnotherParser() {
        Random random = new Random(1);
        for (int round = 0; round < 5_000; round++) {
            String text = text(random);
            String json = new JsonWriter()
                    .beginObject()
                    .member("k", text)
                    .member("n", random.nextLong())
                    .endObject()
                    .finish();
            String read = ConfigFactory.parseString(
                            json, ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON))
                    .getString("k");
            assertThat(read).isEqualTo(text);
        }
    }

    @Test
    void aCallOutOfOrderThrows() {
        List<Consumer<JsonWriter>> wrong = List.of(
                json -> json.name("a"),
                json -> json.beginObject().value(1),
                json -> json.beginObject().name("a").name("b"),
                json -> json.beginObject().name("a").endObject(),
                json -> json.beginObject().endArray(),
                json -> json.beginArray().endObject(),
                json -> json.beginArray().finish(),
                json -> json.value(1).value(2),
                json -> json.endArray(),
                json -> json.finish());
        for (Consumer<JsonWriter> calls : wrong) {
            assertThatThrownBy(() -> calls.accept(new JsonWriter())).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void nestingIsBounded() {
        JsonWriter json = new JsonWriter();
        for (int i = 0; i < 32; i++) {
            json.beginArray();
        }
        assertThatThrownBy(json::beginArray).isInstanceOf(IllegalStateException.class);
    }

    /** Up to 20 code points, half of them ASCII, none of them half a pair. */
    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(20);
        while (text.length() < length) {
            int point = random.nextBoolean() ? random.nextInt(0x80) : random.nextInt(0x11_0000);
            if (point < 0xD800 || point > 0xDFFF) {
                text.appendCodePoint(point);
            }
        }
        return text.toString();
    }
}
