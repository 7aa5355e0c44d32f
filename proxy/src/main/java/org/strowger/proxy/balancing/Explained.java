package org.strowger.proxy.balancing;

import java.util.List;

/**
 * What a picker would choose for a key, and why.
 *
 * @param choice as {@link Picker#pick} returns it
 * @param why one line for people
 * @param columns names of the figures that the policy goes by
 * @param figures by index of the member in the pool's list: one text per column; shorter when there are none
 */
public record Explained(int choice, String why, List<String> columns, List<List<String>> figures) {

    public Explained {
        columns = List.copyOf(columns);
        figures = List.copyOf(figures);
    }

    /** Without figures. */
    public static Explained of(int choice, String why) {
        return new Explained(choice, why, List.of(), List.of());
    }
}
