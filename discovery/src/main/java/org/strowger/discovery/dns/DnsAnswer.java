package org.strowger.discovery.dns;

import java.util.List;

/**
 * The answer to one DNS question.
 *
 * @param records of the type asked for, in the order of the answer; empty unless FOUND
 * @param ttlSeconds how long this may be believed; -1 when the answer did not say
 */
public record DnsAnswer(Outcome outcome, List<ResourceRecord> records, long ttlSeconds) {

    /** How a question ended. */
    public enum Outcome {
        FOUND,
        /** The name exists, but has no record of that type. */
        NO_DATA,
        /** There is no such name (NXDOMAIN). */
        NO_NAME,
        /** Nobody could say: no answer, an error, or nonsense. */
        FAILED
    }

    static final DnsAnswer FAILURE = new DnsAnswer(Outcome.FAILED, List.of(), -1);

    public DnsAnswer {
        records = List.copyOf(records);
        if (records.isEmpty() == (outcome == Outcome.FOUND)) {
            throw new IllegalArgumentException("records: " + records.size() + " (expected: some if and only if FOUND)");
        }
    }

    static DnsAnswer found(List<ResourceRecord> records, long ttlSeconds) {
        return new DnsAnswer(Outcome.FOUND, records, ttlSeconds);
    }

    static DnsAnswer none(Outcome outcome, long ttlSeconds) {
        return new DnsAnswer(outcome, List.of(), ttlSeconds);
    }

    boolean isFound() {
        return outcome == Outcome.FOUND;
    }

    boolean isFailed() {
        return outcome == Outcome.FAILED;
    }

    /** The records of one kind. */
    <T extends ResourceRecord> List<T> of(Class<T> kind) {
        return records.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
