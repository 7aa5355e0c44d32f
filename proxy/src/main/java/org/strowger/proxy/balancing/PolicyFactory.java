package org.strowger.proxy.balancing;

import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;

/** Builds the pickers of one policy for one pool, once shares and guard are made, and keeps what must survive a change. */
interface PolicyFactory extends PickerFactory {
    /** The shares of an empty pool. */
    Shares NOBODY = Shares.of(List.of(), Preference.NONE);

    /** A picker over {@code members}; its choices are indices into this list. */
    Picker build(List<Member> members, Shares shares, Guard guard);

    /** By priority alone, without limits or slow start. */
    @Override
    default Picker build(List<Member> members) {
        return build(members, Shares.of(members, Preference.NONE), open(members, Ticker.systemTicker()));
    }

    /** A guard that lets everything pass, but for the limits of the members. */
    static Guard open(List<Member> members, Ticker ticker) {
        return new Guard(members, new BackendLoads(), new HashMap<>(), Duration.ZERO, 0, ticker);
    }
}
