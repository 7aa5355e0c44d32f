package org.strowger.proxy.demo;

import io.netty.util.concurrent.EventExecutor;
import org.strowger.proxy.demo.DemoMessage.Header;

/** What the calls of one {@link DemoCaller} share: its socket, its identity, its clock. Used on the caller's loop. */
interface CallerLine {

    EventExecutor loop();

    CallerCounts counts();

    long nanoTime();

    /** A random word. */
    String token();

    /** {@code host:port} that requests go to. */
    String target();

    /** {@code host:port} of this end. */
    String local();

    /** Sends what gets no answer: an ACK. */
    void send(String text);

    /** Sends a request and repeats it until it is answered. */
    void transact(String method, String branch, String text, ClientTransaction.Outcome outcome);

    /** The call is over, one way or the other. */
    void ended(DemoCall call);

    /** A new branch (RFC 3261 section 8.1.1.7). */
    default String branch() {
        return "z9hG4bK" + token();
    }

    default Header via(String branch) {
        return new Header("Via", "SIP/2.0/UDP " + local() + ";rport;branch=" + branch);
    }

    default String contact() {
        return "<sip:caller@" + local() + ">";
    }

    default String from(String tag) {
        return "<sip:caller@" + local() + ">;tag=" + tag;
    }
}
