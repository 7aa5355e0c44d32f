package org.strowger.e2e;

import java.util.IdentityHashMap;

/** Calls between phones, counted for each: one is over before the next begins. */
final class Conversations {
    private final IdentityHashMap<CallParty, Integer> calls = new IdentityHashMap<>();
    private int refused;

    /** Each calls the other one, twice; each of them hangs up once as caller and once as callee. */
    void bothWays(CallParty one, CallParty other) {
        hold(one, other, one);
        hold(one, other, other);
        hold(other, one, other);
        hold(other, one, one);
    }

    /** A call that both sides say was established, and ended. */
    void hold(CallParty caller, CallParty callee, CallParty hangsUp) {
        int ofCaller = calls.merge(caller, 1, Integer::sum);
        int ofCallee = calls.merge(callee, 1, Integer::sum);
        caller.dial(callee.user());
        caller.awaitEstablished(ofCaller);
        callee.awaitEstablished(ofCallee);
        hangsUp.hangUp();
        caller.awaitClosed(ofCaller);
        callee.awaitClosed(ofCallee);
    }

    /** A call that the caller's phone says was refused with that status. The caller is always the same phone. */
    void isRefused(BrowserPhone caller, String user, int status) {
        caller.dial(user);
        caller.awaitRefused(status, ++refused);
    }
}
