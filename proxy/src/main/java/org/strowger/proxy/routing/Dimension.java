package org.strowger.proxy.routing;

import org.strowger.sip.SipMessage;

/**
 * One aspect of a request that rules put conditions on: its listener, its source, one of its texts. Immutable; knows for
 * every value of the aspect which rules' conditions it satisfies.
 */
interface Dimension {

    /** Adds to {@code satisfied} the rules whose condition on this aspect holds. */
    void satisfy(SipMessage message, RuleScratch scratch, long[] satisfied);
}
