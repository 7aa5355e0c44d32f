package org.strowger.proxy.routing;

/** Why a message goes nowhere and is not answered. Each has its counter. */
public enum DropReason implements Decision {
    /** Not a message that an answer is owed to; the counter of the parse failure says more. */
    UNPARSEABLE,
    /** A response whose top Via carries no cookie: not ours (RFC 3261 section 16.7 step 3). */
    RESPONSE_NOT_OURS,
    /** A response whose cookie does not verify: forged, or made with a key that is gone. */
    RESPONSE_BAD_COOKIE,
    /** A response with nothing below our Via: it was for us. */
    RESPONSE_WITHOUT_CLIENT,
    /** An ACK that could only be refused; an ACK is never answered (RFC 3261 section 17.2.1). */
    ACK_REFUSED,
    /** The message with our headers is longer than the transport carries. */
    TOO_LARGE,
    /** The connection that the message belongs to is gone. */
    FLOW_GONE,
    /** The name of the next hop is being looked up; the message comes back when it is known. */
    AWAITING_NAME,
    /** Too many messages wait for names, or this one waited too long. */
    NAME_OVERDUE
}
