package org.strowger.proxy.routing;

import org.strowger.threading.RunsOn;

/** The decision to answer a request ourselves. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class Reply implements Decision {
    private int status;
    private String reason = "";
    private String required = "";
    private boolean unsupported;

    /** An answer that no router decided on. */
    public Reply set(int newStatus, String newReason) {
        return with(newStatus, newReason);
    }

    Reply with(int newStatus, String newReason) {
        status = newStatus;
        reason = newReason;
        required = "";
        unsupported = false;
        return this;
    }

    Reply unsupportedExtensions() {
        unsupported = true;
        return this;
    }

    Reply require(String optionTag) {
        required = optionTag;
        return this;
    }

    /** The status code, 200..699. */
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

    /** True when all that Proxy-Require asks for is to be listed in Unsupported. */
    public boolean isUnsupported() {
        return unsupported;
    }
}
