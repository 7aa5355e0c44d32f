package org.strowger.proxy.routing;

import java.util.List;
import org.strowger.proxy.balancing.HeaderName;

/** One thing that a rule demands of a request. */
public sealed interface Condition {

    /** It came in on the listener with this number. */
    record OnListener(int number) implements Condition {
        public OnListener {
            if (number < 0) {
                throw new IllegalArgumentException("listener: " + number + " (expected: 0 or more)");
            }
        }
    }

    /** Its sender's address lies in one of these ranges. */
    record FromSource(List<Cidr> ranges) implements Condition {
        public FromSource {
            ranges = List.copyOf(ranges);
        }
    }

    /** A part of it is, or matches, one of these texts. Without that part the condition does not hold. */
    record WithText(Field field, List<TextMatch> anyOf) implements Condition {
        public WithText {
            anyOf = List.copyOf(anyOf);
        }

        public WithText(Field field, TextMatch match) {
            this(field, List.of(match));
        }
    }

    /**
     * Its Call-ID is one of this percentage of all, the same ones on every node and for every rule: of two rules with 5 and
     * 10 percent the first takes 5, and the second, if it comes later, the next 5.
     */
    record Percent(double percent) implements Condition {
        public Percent {
            if (!(percent >= 0 && percent <= 100)) {
                throw new IllegalArgumentException("percent: " + percent + " (expected: 0..100)");
            }
        }
    }

    /** The part of a request that a text condition looks at. */
    sealed interface Field {}

    /** Parts that every request has a place for. Users are compared with their escapes undone. */
    enum Part implements Field {
        METHOD,
        /** In lower case and without a final dot, whatever the request has. */
        REQUEST_HOST,
        /** The user of the Request-URI, or the number of a tel URI. */
        REQUEST_USER,
        FROM_USER,
        TO_USER,
        /** The name that the client asked for in the TLS handshake (RFC 6066), in lower case. */
        SNI,
        /** A SIP domain that the client's certificate proves (RFC 5922), in lower case. */
        CLIENT_DOMAIN
    }

    /** The value of a header without white space around it; one of its lines is enough. */
    record Header(HeaderName name) implements Field {}
}
