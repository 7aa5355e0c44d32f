package org.strowger.proxy.routing;

import org.strowger.sip.SipMessage;
import org.strowger.threading.RunsOn;

/** Temporary: everything goes to pool 0. */
@RunsOn(RunsOn.Runner.ANY)
public final class RuleSet {
    /** Temporary. */
    public static final RuleSet NONE = new RuleSet(-1);

    private final int answer;

    /** Temporary. */
    public RuleSet(int answer) {
        this.answer = answer;
    }

    int match(SipMessage m, Ingress in) {
        return answer;
    }

    int rejectStatus(int rule) {
        return 0;
    }

    int pool(int rule) {
        return 0;
    }
}
