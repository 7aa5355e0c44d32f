package org.strowger.proxy.routing;

import org.strowger.sip.SipUri;

/** What is known about hosts that are given by name (RFC 3263). Never waits: it knows, or it will know later. */
@FunctionalInterface
public interface NameLookup {

    /** Knows no name. */
    NameLookup NONE = (bytes, uri, transactionHash, out) -> Answer.UNKNOWN;

    /** What is known about one host. */
    enum Answer {
        /** The hop is filled in. */
        KNOWN,
        /** Being looked up; the hop holds the number of the look-up. */
        PENDING,
        /** There is no such name, or no address of it is of use. */
        UNKNOWN,
        /** The DNS does not answer. */
        FAILED,
        /** The URI asks for a transport that we do not have. */
        NO_TRANSPORT,
        /** Not looked up: too many look-ups are under way. */
        REFUSED
    }

    /**
     * Where a sip or sips URI of the message in hand leads.
     *
     * @param transactionHash chooses among hops that are equally good, so that all messages of a transaction, which have
     *     it in common, meet the same one (RFC 3263 section 4.4)
     */
    Answer find(byte[] bytes, SipUri uri, long transactionHash, NextHop out);
}
