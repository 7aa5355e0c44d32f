package org.strowger.proxy.config;

/**
 * A text that is never shown.
 *
 * @param value the text, not empty
 */
public record Secret(String value) {

    public Secret {
        Require.that(!value.isEmpty(), "secret", "empty", "a text");
    }

    @Override
    public String toString() {
        return Syntax.HIDDEN_VALUE;
    }
}
