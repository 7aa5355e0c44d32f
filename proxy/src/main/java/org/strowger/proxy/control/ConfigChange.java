package org.strowger.proxy.control;

/**
 * One key whose value is another one than before.
 *
 * @param path of the key, for example {@code pools.media.balance}
 * @param before as text, {@code none} where there was nothing
 * @param after the same now
 * @param effect what becomes of it
 */
public record ConfigChange(String path, String before, String after, Effect effect) {

    /** What a reload makes of a change. */
    public enum Effect {
        /** In force. */
        APPLIED,
        /** Cannot change while the program runs: the old value stays until it is started again. */
        NEEDS_RESTART
    }

    ConfigChange with(Effect other) {
        return new ConfigChange(path, before, after, other);
    }

    /** {@code pools.media.balance: call-id -> round-robin}. */
    @Override
    public String toString() {
        return path + ": " + before + " -> " + after + (effect == Effect.NEEDS_RESTART ? " (needs a restart)" : "");
    }
}
