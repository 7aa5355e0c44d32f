package org.strowger.discovery.dns;

import java.util.concurrent.CompletionStage;

/** Asks the DNS. Called on one event loop, and answers on it. */
@FunctionalInterface
public interface DnsClient {

    /**
     * One question, aliases followed. The stage always completes, and never exceptionally: a failure is an answer.
     *
     * @param name in lower case, without the dot at the end
     */
    CompletionStage<DnsAnswer> query(String name, RecordType type);
}
