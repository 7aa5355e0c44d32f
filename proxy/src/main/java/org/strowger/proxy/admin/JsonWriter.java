package org.strowger.proxy.admin;

import org.strowger.threading.RunsOn;

/**
 * Writes one JSON value (RFC 8259) into memory. Numbers are integers; a call out of order throws
 * {@link IllegalStateException}.
 *
 * <p>Besides what JSON demands, U+007F..U+009F and the line separators U+2028 and U+2029 are escaped, and half a
 * surrogate pair becomes U+FFFD, so that the text is valid UTF-8 and safe inside a script.
 */
@RunsOn(RunsOn.Runner.ANY)
public final class JsonWriter {
    private static final int MAX_DEPTH = 32;
    private static final String HEX = "0123456789abcdef";

    private final StringBuilder out = new StringBuilder(256);
    private final boolean[] objectAt = new boolean[MAX_DEPTH];
    private int depth;
    private boolean first = true;
    private boolean named;
    private boolean done;

    public JsonWriter beginObject() {
        return begin('{', true);
    }

    public JsonWriter endObject() {
        return end('}', true);
    }

    public JsonWriter beginArray() {
        return begin('[', false);
    }

    public JsonWriter endArray() {
        return end(']', false);
    }

    /** The name of the member whose value comes next. */
    public JsonWriter name(String name) {
        require(depth > 0 && objectAt[depth - 1] && !named, "a name");
        comma();
        quote(name);
        out.append(':');
        named = true;
        return this;
    }

    public JsonWriter value(String text) {
        beforeValue();
        quote(text);
        return afterValue();
    }

    public JsonWriter value(long number) {
        beforeValue();
        out.append(number);
        return afterValue();
    }

    /** The value null. */
    public JsonWriter nothing() {
        beforeValue();
        out.append("null");
        return afterValue();
    }

    public JsonWriter value(boolean flag) {
        beforeValue();
        out.append(flag);
        return afterValue();
    }

    /** A member with a text value. */
    public JsonWriter member(String name, String text) {
        return name(name).value(text);
    }

    /** A member with a number value. */
    public JsonWriter member(String name, long number) {
        return name(name).value(number);
    }

    /** A member with a yes or no. */
    public JsonWriter member(String name, boolean flag) {
        return name(name).value(flag);
    }

    /** A member with a number that has three decimal places, given in thousandths. */
    public JsonWriter thousandths(String name, long thousandths) {
        name(name);
        beforeValue();
        out.append(java.math.BigDecimal.valueOf(thousandths, 3).toPlainString());
        return afterValue();
    }

    /** A member that is an array of texts. */
    public JsonWriter member(String name, Iterable<String> texts) {
        name(name).beginArray();
        for (String text : texts) {
            value(text);
        }
        return endArray();
    }

    /** The whole text. */
    public String finish() {
        require(done, "the end");
        return out.toString();
    }

    private JsonWriter begin(char bracket, boolean object) {
        beforeValue();
        require(depth < MAX_DEPTH, "a value nested deeper than " + MAX_DEPTH);
        objectAt[depth++] = object;
        first = true;
        out.append(bracket);
        return this;
    }

    private JsonWriter end(char bracket, boolean object) {
        require(depth > 0 && objectAt[depth - 1] == object && !named, "a closing bracket");
        depth--;
        out.append(bracket);
        return afterValue();
    }

    private void beforeValue() {
        require(!done, "a second value");
        if (depth > 0 && objectAt[depth - 1]) {
            require(named, "a value without a name");
            named = false;
        } else {
            comma();
        }
    }

    private JsonWriter afterValue() {
        first = false;
        done = depth == 0;
        return this;
    }

    private void comma() {
        if (!first) {
            out.append(',');
        }
        first = false;
    }

    private static void require(boolean inOrder, String what) {
        if (!inOrder) {
            throw new IllegalStateException(what + " is not possible here");
        }
    }

    private void quote(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                out.append(c).append(text.charAt(++i));
            } else {
                escape(Character.isSurrogate(c) ? '\uFFFD' : c);
            }
        }
        out.append('"');
    }

    private void escape(char c) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                if (c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == '\u2028' || c == '\u2029') {
                    out.append("\\u")
                            .append(HEX.charAt(c >> 12))
                            .append(HEX.charAt(c >> 8 & 15))
                            .append(HEX.charAt(c >> 4 & 15))
                            .append(HEX.charAt(c & 15));
                } else {
                    out.append(c);
                }
            }
        }
    }
}
