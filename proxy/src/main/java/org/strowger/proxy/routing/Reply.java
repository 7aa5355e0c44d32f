package org.strowger.proxy.routing;

import org.strowger.threading.RunsOn;

/** The decision to answer a request ourselves. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class Reply implements Decision {
    private int status;
    private String reason = "";
    private String required = "";
    private boolean unsupported;
    private boolean capabilities;
    private boolean atLimits;
    private int retryAfter;

    /** An answer that no router decided on. */
    public Reply set(int newStatus, String newReason) {
        return with(newStatus, newReason);
    }

    Reply with(int newStatus, String newReason) {
        status = newStatus;
        reason = newReason;
        required = "";
        unsupported = false;
        capabilities = false;
        atLimits = false;
        retryAfter = 0;
        return this;
    }

    Reply unsupportedExtensions() {
        unsupported = true;
        return this;
    }

    /** The answer to an OPTIONS for us. */
    Reply capabilities() {
        capabilities = true;
        return this;
    }

    Reply require(String optionTag) {
        required = optionTag;
        return this;
    }

    /** The answer to a call that every backend of its pool has too many of. */
    Reply atLimits() {
        atLimits = true;
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

    /** True when it says what we can do (RFC 3261 section 11.2). */
    public boolean hasCapabilities() {
        return capabilities;
    }

    /** True when only {@code limits} of backends kept the call from them. */
    public boolean isAtLimits() {
        return atLimits;
    }

    /** True when all that Proxy-Require asks for is to be listed in Unsupported. */
    public boolean isUnsupported() {
        return unsupported;
    }
}
