package org.strowger.discovery.dns;

import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A DNS of a few records, that notes what it is asked. What it does not know does not exist. */
final class FakeDns implements DnsClient {
    final List<String> asked = new ArrayList<>();
    private final Map<String, List<ResourceRecord>> records = new HashMap<>();
    private final Map<String, DnsAnswer> answers = new HashMap<>();
    private final Map<String, Long> ttls = new HashMap<>();

    FakeDns a(String name, String... ips) {
        for (String ip : ips) {
            RecordType type = ip.indexOf(':') >= 0 ? RecordType.AAAA : RecordType.A;
            add(name, type, new ResourceRecord.Address(NetUtil.createInetAddressFromIpAddressString(ip)));
        }
        return this;
    }

    FakeDns srv(String name, int priority, int weight, int port, String target) {
        return add(name, RecordType.SRV, new ResourceRecord.Srv(priority, weight, port, target));
    }

    FakeDns naptr(String name, int order, int preference, String services, String replacement) {
        return add(name, RecordType.NAPTR, new ResourceRecord.Naptr(order, preference, "s", services, "", replacement));
    }

    FakeDns add(String name, RecordType type, ResourceRecord record) {
        records.computeIfAbsent(key(name, type), key -> new ArrayList<>()).add(record);
        return this;
    }

    FakeDns ttl(String name, RecordType type, long seconds) {
        ttls.put(key(name, type), seconds);
        return this;
    }

    FakeDns answers(String name, RecordType type, DnsAnswer answer) {
        answers.put(key(name, type), answer);
        return this;
    }

    @Override
    public CompletionStage<DnsAnswer> query(String name, RecordType type) {
        String key = key(name, type);
        asked.add(key);
        if (answers.containsKey(key)) {
            return CompletableFuture.completedFuture(answers.get(key));
        }
        List<ResourceRecord> found = records.get(key);
        return CompletableFuture.completedFuture(
                found == null
                        ? DnsAnswer.none(DnsAnswer.Outcome.NO_DATA, -1)
                        : DnsAnswer.found(found, ttls.getOrDefault(key, 300L)));
    }

    private static String key(String name, RecordType type) {
        return type + " " + name;
    }
}
