package org.strowger.discovery.dns;

import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a DNS response: the records that belong to the name asked for, through the aliases that it contains. */
final class AnswerReader {
    /** More aliases in a row than any honest zone has. */
    static final int MAX_ALIASES = 8;

    /**
     * What a response says.
     *
     * @param answer to the question
     * @param alias the name to ask for next, when the response ended with an alias; else empty
     * @param ttlSeconds of the aliases met
     */
    record Reading(DnsAnswer answer, String alias, long ttlSeconds) {}

    private AnswerReader() {}

    /** Does not release the response. */
    static Reading read(DnsResponse response, String name, RecordType type) {
        boolean noName = response.code().equals(DnsResponseCode.NXDOMAIN);
        if (!noName && !response.code().equals(DnsResponseCode.NOERROR)) {
            return end(DnsAnswer.FAILURE);
        }
        long ttl = Long.MAX_VALUE;
        String owner = name;
        for (int i = 0; i <= MAX_ALIASES; i++) {
            List<DnsRawRecord> found =
                    recordsOf(response, DnsSection.ANSWER, owner, DnsRecordType.valueOf(type.name()));
            if (!found.isEmpty()) {
                return end(records(found, type, ttl));
            }
            Optional<DnsRawRecord> alias = recordsOf(response, DnsSection.ANSWER, owner, DnsRecordType.CNAME).stream()
                    .findFirst();
            if (alias.isEmpty()) {
                boolean follow = i > 0 && !noName;
                DnsAnswer.Outcome outcome = noName ? DnsAnswer.Outcome.NO_NAME : DnsAnswer.Outcome.NO_DATA;
                return new Reading(DnsAnswer.none(outcome, negativeTtl(response)), follow ? owner : "", ttl);
            }
            ttl = Math.min(ttl, alias.get().timeToLive());
            Optional<String> target = RdataReader.readAlias(alias.get().content());
            if (target.isEmpty()) {
                break;
            }
            owner = target.get();
        }
        return end(DnsAnswer.FAILURE);
    }

    private static Reading end(DnsAnswer answer) {
        return new Reading(answer, "", Long.MAX_VALUE);
    }

    private static DnsAnswer records(List<DnsRawRecord> found, RecordType type, long aliasTtl) {
        long ttl = aliasTtl;
        List<ResourceRecord> records = new ArrayList<>();
        for (DnsRawRecord raw : found) {
            ttl = Math.min(ttl, raw.timeToLive());
            RdataReader.read(raw.content(), type).ifPresent(records::add);
        }
        return records.isEmpty() ? DnsAnswer.FAILURE : DnsAnswer.found(records, ttl);
    }

    private static List<DnsRawRecord> recordsOf(
            DnsResponse response, DnsSection section, String owner, DnsRecordType type) {
        List<DnsRawRecord> records = new ArrayList<>();
        for (int i = 0; i < response.count(section); i++) {
            DnsRecord record = response.recordAt(section, i);
            if (record instanceof DnsRawRecord raw
                    && raw.type().equals(type)
                    && raw.dnsClass() == DnsRecord.CLASS_IN
                    && DomainName.canonical(raw.name()).equals(owner)) {
                records.add(raw);
            }
        }
        return records;
    }

    /** RFC 2308 section 5: the lesser of the SOA record's own time to live and its field MINIMUM. */
    private static long negativeTtl(DnsResponse response) {
        for (int i = 0; i < response.count(DnsSection.AUTHORITY); i++) {
            DnsRecord record = response.recordAt(DnsSection.AUTHORITY, i);
            if (record instanceof DnsRawRecord raw && raw.type().equals(DnsRecordType.SOA)) {
                long minimum = RdataReader.readMinimum(raw.content());
                return minimum < 0 ? -1 : Math.min(minimum, raw.timeToLive());
            }
        }
        return -1;
    }
}
