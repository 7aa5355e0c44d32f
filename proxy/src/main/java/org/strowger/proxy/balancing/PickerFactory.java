package org.strowger.proxy.balancing;

import java.util.List;

/**
 * Builds the pickers of one pool, one after the other as its members change, and keeps what must survive a change: the
 * ticket of round robin, the recent load of each backend. Used by the control loop only.
 */
public interface PickerFactory {

    /** A picker over {@code members}; its choices are indices into this list. Costs up to milliseconds. */
    Picker build(List<Member> members);

    /** The same under other settings: what they do not make useless stays. One that has no settings stays what it is. */
    default PickerFactory under(BalancingSettings settings) {
        return this;
    }
}
