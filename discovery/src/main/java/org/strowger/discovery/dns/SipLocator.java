package org.strowger.discovery.dns;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/**
 * Finds the servers that a SIP URI leads to: RFC 3263 section 4.1 (transport) and 4.2 (address and port), with both
 * address families (RFC 7984).
 *
 * <p>One look-up asks a bounded number of questions, whatever the zone says: NAPTR, the SRV records of at most {@value
 * #MAX_SERVICES} services, the addresses of at most {@value #MAX_SERVERS} servers.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class SipLocator {
    private static final int MAX_SERVICES = 4;
    private static final int MAX_SERVERS = 16;
    /** Stands for the only server where there is no SRV record to say more. */
    private static final int ONLY = 0;

    private final DnsClient dns;
    private Reach reach;

    public SipLocator(DnsClient dns, Reach reach) {
        this.dns = dns;
        this.reach = reach;
    }

    /** From now on this is what look-ups are for. One that is under way may answer for what was before. */
    public void setReach(Reach now) {
        reach = now;
    }

    /** The name of SRV records, and the transport of the servers that they name. */
    private record Service(Transport transport, String name) {}

    /** The addresses of a name: what was found, and whether part of the answer is missing. */
    private record Addresses(List<InetAddress> found, boolean isPartFailed, long ttlSeconds) {}

    /** Where {@code to} is. The stage always completes, and never exceptionally. */
    public CompletionStage<Location> locate(Destination to) {
        Optional<Transport> required = to.requiredTransport();
        if (required.filter(transport -> !reach.transports().contains(transport))
                        .isPresent()
                || reach.transports().isEmpty()) {
            return done(Location.UNSENDABLE);
        }
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(to.host());
        if (literal != null) {
            return done(numeric(to, literal));
        }
        if (!to.isAskable()) {
            return done(Location.none(Location.Outcome.NO_NAME, -1));
        }
        if (to.port() >= 0) {
            return host(to);
        }
        return required.map(transport -> services(of(transport, to.host()), 0, false, to))
                .orElseGet(() -> dns.query(to.host(), RecordType.NAPTR).thenCompose(naptr -> byNaptr(naptr, to)));
    }

    private static CompletionStage<Location> done(Location location) {
        return CompletableFuture.completedFuture(location);
    }

    private Transport transport(Destination to) {
        return to.requiredTransport()
                .orElseGet(() -> reach.transports().iterator().next());
    }

    private static int port(Destination to, Transport transport) {
        return to.port() >= 0 ? to.port() : transport.defaultPort();
    }

    private Location numeric(Destination to, byte[] literal) {
        Transport transport = transport(to);
        RecordType family = literal.length == 4 ? RecordType.A : RecordType.AAAA;
        if (!reach.families(transport).contains(family)) {
            return Location.UNSENDABLE;
        }
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(to.host());
        return Location.found(
                List.of(new Server(transport, ONLY, ONLY, to.host(), port(to, transport), List.of(address))), -1);
    }

    /** Section 4.1: the most preferred NAPTR record of a transport that we have; SRV of all of them if there is none. */
    private CompletionStage<Location> byNaptr(DnsAnswer naptr, Destination to) {
        if (naptr.isFailed()) {
            return done(Location.FAILURE);
        }
        List<Service> named = naptr.of(ResourceRecord.Naptr.class).stream()
                .filter(record -> record.flags().equalsIgnoreCase("s")
                        && record.regexp().isEmpty()
                        && !record.replacement().isEmpty())
                .sorted(Comparator.comparingInt(ResourceRecord.Naptr::order)
                        .thenComparingInt(ResourceRecord.Naptr::preference)
                        .thenComparing(ResourceRecord.Naptr::replacement))
                .flatMap(record -> transportOf(record.services()).stream()
                        .filter(reach.transports()::contains)
                        .map(transport -> new Service(transport, record.replacement())))
                .limit(MAX_SERVICES)
                .toList();
        List<Service> all = reach.transports().stream()
                .flatMap(transport -> of(transport, to.host()).stream())
                .toList();
        return services(named.isEmpty() ? all : named, 0, false, to);
    }

    private static Optional<Transport> transportOf(String services) {
        return switch (services.toUpperCase(Locale.ROOT)) {
            case "SIP+D2U" -> Optional.of(Transport.UDP);
            case "SIP+D2T" -> Optional.of(Transport.TCP);
            case "SIPS+D2T" -> Optional.of(Transport.TLS);
            default -> Optional.empty();
        };
    }

    /** The service that RFC 3263 names for a transport; none for WebSocket (RFC 7118 section 5.5). */
    private static List<Service> of(Transport transport, String host) {
        return switch (transport) {
            case UDP -> List.of(new Service(transport, "_sip._udp." + host));
            case TCP -> List.of(new Service(transport, "_sip._tcp." + host));
            case TLS -> List.of(new Service(transport, "_sips._tcp." + host));
            case WS, WSS -> List.of();
        };
    }

    /**
     * Section 4.2: the first service that has servers. Without any SRV record the host itself is asked for; where there
     * are some, but all say "not here" or lead nowhere, there is no server.
     */
    private CompletionStage<Location> services(List<Service> services, int index, boolean anyNamed, Destination to) {
        if (index == services.size()) {
            return anyNamed ? done(Location.none(Location.Outcome.NO_NAME, -1)) : host(to);
        }
        Service service = services.get(index);
        if (!DomainName.isValid(service.name())) {
            return services(services, index + 1, anyNamed, to);
        }
        return dns.query(service.name(), RecordType.SRV).thenCompose(srv -> {
            if (srv.isFailed()) {
                return done(Location.FAILURE);
            }
            if (!srv.isFound()) {
                return services(services, index + 1, anyNamed, to);
            }
            return servers(service.transport(), srv)
                    .thenCompose(location -> location.outcome() == Location.Outcome.NO_NAME
                            ? services(services, index + 1, true, to)
                            : done(location));
        });
    }

    private CompletionStage<Location> servers(Transport transport, DnsAnswer srv) {
        List<ResourceRecord.Srv> records = srv.of(ResourceRecord.Srv.class).stream()
                .filter(record -> !record.target().isEmpty() && record.port() > 0)
                .sorted(Comparator.comparingInt(ResourceRecord.Srv::priority)
                        .thenComparing(ResourceRecord.Srv::target)
                        .thenComparingInt(ResourceRecord.Srv::port))
                .limit(MAX_SERVERS)
                .toList();
        CompletableFuture<List<Addresses>> all = CompletableFuture.completedFuture(List.of());
        for (ResourceRecord.Srv record : records) {
            all = all.thenCombine(addresses(record.target(), transport), SipLocator::append);
        }
        return all.thenApply(addresses -> {
            List<Server> servers = new ArrayList<>();
            for (int i = 0; i < records.size(); i++) {
                ResourceRecord.Srv record = records.get(i);
                servers.add(new Server(
                        transport,
                        record.priority(),
                        record.weight(),
                        record.target(),
                        record.port(),
                        addresses.get(i).found()));
            }
            return located(servers, addresses, srv.ttlSeconds());
        });
    }

    private CompletionStage<Location> host(Destination to) {
        Transport transport = transport(to);
        return addresses(to.host(), transport)
                .thenApply(addresses -> located(
                        List.of(new Server(transport, ONLY, ONLY, to.host(), port(to, transport), addresses.found())),
                        List.of(addresses),
                        -1));
    }

    private static Location located(List<Server> servers, List<Addresses> addresses, long ttlSeconds) {
        List<Server> reachable =
                servers.stream().filter(server -> !server.addresses().isEmpty()).toList();
        long ttl = addresses.stream().mapToLong(Addresses::ttlSeconds).reduce(ttlSeconds, SipLocator::lesserKnown);
        boolean partFailed = addresses.stream().anyMatch(Addresses::isPartFailed);
        if (!reachable.isEmpty()) {
            return Location.found(reachable, partFailed ? lesserKnown(ttl, NameCache.FAILURE_SECONDS) : ttl);
        }
        return partFailed ? Location.FAILURE : Location.none(Location.Outcome.NO_NAME, ttl);
    }

    private CompletionStage<Addresses> addresses(String name, Transport transport) {
        CompletableFuture<List<DnsAnswer>> all = CompletableFuture.completedFuture(List.of());
        for (RecordType family : reach.families(transport)) {
            all = all.thenCombine(dns.query(name, family), SipLocator::append);
        }
        return all.thenApply(answers -> {
            List<InetAddress> found = answers.stream()
                    .flatMap(answer -> answer.of(ResourceRecord.Address.class).stream())
                    .map(ResourceRecord.Address::ip)
                    .toList();
            long ttl = answers.stream()
                    .filter(answer -> answer.isFound() || found.isEmpty())
                    .mapToLong(DnsAnswer::ttlSeconds)
                    .reduce(-1, SipLocator::lesserKnown);
            return new Addresses(found, answers.stream().anyMatch(DnsAnswer::isFailed), ttl);
        });
    }

    private static <T> List<T> append(List<T> list, T last) {
        return Stream.concat(list.stream(), Stream.of(last)).toList();
    }

    /** The lesser of two times to live; -1 is unknown. */
    private static long lesserKnown(long a, long b) {
        return a < 0 || b < 0 ? Math.max(a, b) : Math.min(a, b);
    }
}
