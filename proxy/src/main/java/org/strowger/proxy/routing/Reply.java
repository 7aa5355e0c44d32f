package org.strowger.proxy.routing;

import org.strowger.threading.RunsOn;

/** The decision to answer a request ourselves. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class Reply implements Decision {
    private int status;
    private String reason = "";
    private String required = "";
    private int retryAfter;
    private int unsupportedStart = -1;
    private int unsupportedEnd = -1;

    /** An answer that no router decided on. */
    public Reply set(int newStatus, String newReason) {
        return with(newStatus, newReason);
    }

    Reply with(int newStatus, String newReason) {
        status = newStatus;
        reason = newReason;
        required = "";
        retryAfter = 0;
        unsupportedStart = -1;
        unsupportedEnd = -1;
        return this;
    }

    Reply unsupported(int start, int end) {
        unsupportedStart = start;
        unsupportedEnd = end;
        return this;
    }

    Reply require(String optionTag) {
        required = optionTag;
        return this;
    }

    /** Asks to try again after that many seconds, more than 0. */
    public Reply retryAfter(int seconds) {
        retryAfter = seconds;
        return this;
    }

    /** Seconds for a Retry-After header, or 0. */
    public int retryAfter() {
        return retryAfter;
    }

    /** The status code, 100..699. */
    public int status() {
        return status;
    }

    /** The reason phrase. */
    public String reason() {
        return reason;
    }

    /** The option tag for a Require header, or empty. */
    public String required() {
        return required;
    }

    /** Where the option tags for an Unsupported header begin in the request, or -1 when none is due. */
    public int unsupportedStart() {
        return unsupportedStart;
    }

    public int unsupportedEnd() {
        return unsupportedEnd;
    }
}
