package org.strowger.proxy.config;

import java.util.List;

/** One key of a rule, named as the key is. */
public sealed interface Condition {

    /** The request came in on the listener of that name. */
    record Listener(String name) implements Condition {}

    /** The source address is in one of the networks. */
    record Source(List<Cidr> networks) implements Condition {

        public Source {
            networks = List.copyOf(networks);
            Require.that(!networks.isEmpty(), "networks", "none", "at least one");
        }
    }

    /** The method is one of these; case matters (RFC 3261 section 7.1). */
    record Method(List<String> names) implements Condition {

        public Method {
            names = List.copyOf(names);
            Require.that(!names.isEmpty(), "names", "none", "at least one");
        }
    }

    /** The user of the Request-URI. */
    record RequestUser(TextMatch match) implements Condition {}

    /** The host of the Request-URI. */
    record RequestHost(TextMatch match) implements Condition {}

    /** The user of the From URI. */
    record FromUser(TextMatch match) implements Condition {}

    /** The user of the To URI. */
    record ToUser(TextMatch match) implements Condition {}

    /** The name that a client asked for in the TLS handshake. */
    record Sni(TextMatch match) implements Condition {}

    /** A SIP domain that a client's certificate proves. */
    record ClientDomain(TextMatch match) implements Condition {}

    /** The value of some header field of that name. */
    record Header(String name, TextMatch match) implements Condition {

        public Header {
            Require.that(Syntax.isToken(name), "name", name, "a token");
        }
    }

    /** The path of an HTTP request: an exact text stands for what is below it, by whole segments. */
    record Path(TextMatch match) implements Condition {}

    /** The host that an HTTP request asks for. */
    record Host(TextMatch match) implements Condition {}

    /**
     * A share of the calls, stable by Call-ID.
     *
     * @param share more than 0, up to 100
     */
    record Percent(double share) implements Condition {

        public Percent {
            Require.that(share > 0 && share <= 100, "share", share, "more than 0, up to 100");
        }
    }
}
