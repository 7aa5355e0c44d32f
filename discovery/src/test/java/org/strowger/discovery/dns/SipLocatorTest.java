package org.strowger.discovery.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.strowger.discovery.dns.RecordType.A;
import static org.strowger.discovery.dns.RecordType.AAAA;
import static org.strowger.discovery.dns.RecordType.NAPTR;
import static org.strowger.discovery.dns.RecordType.SRV;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.strowger.sip.Transport;

/** The branches of RFC 3263 section 4. */
class SipLocatorTest {
    private static final Set<Transport> BOTH = Set.of(Transport.UDP, Transport.TCP);
    private static final Reach IPV4 = new Reach(BOTH, Set.of());

    private final FakeDns dns = new FakeDns();

    @Test
    void numericHostNeedsNoDns() {
        assertThat(hops("192.0.2.7")).containsExactly("udp:192.0.2.7:5060");
        assertThat(hops("192.0.2.7:5070;tcp")).containsExactly("tcp:192.0.2.7:5070");
        assertThat(dns.asked).isEmpty();
    }

    @Test
    void numericHostOfAFamilyWithoutListenerIsUnsendable() {
        Destination to = new Destination("2001:db8::1", -1, Optional.empty(), false);
        assertThat(locate(IPV4, to).outcome()).isEqualTo(Location.Outcome.NO_TRANSPORT);
        assertThat(locate(new Reach(Set.of(), BOTH), to).outcome()).isEqualTo(Location.Outcome.FOUND);
    }

    @Test
    void explicitPortSkipsNaptrAndSrv() {
        dns.a("h.example", "192.0.2.1");
        assertThat(hops("h.example:5070")).containsExactly("udp:192.0.2.1:5070");
        assertThat(hops("h.example:5070;tcp")).containsExactly("tcp:192.0.2.1:5070");
        assertThat(dns.asked).containsExactly("A h.example", "A h.example");
    }

    @Test
    void explicitTransportSkipsNaptr() {
        dns.srv("_sip._tcp.h.example", 1, 1, 5080, "t.example").a("t.example", "192.0.2.2");
        assertThat(hops("h.example;tcp")).containsExactly("tcp:192.0.2.2:5080");
        assertThat(dns.asked).containsExactly("SRV _sip._tcp.h.example", "A t.example");
    }

    @Test
    void explicitTransportWithoutSrvGoesToTheDefaultPort() {
        dns.a("h.example", "192.0.2.1");
        assertThat(hops("h.example;tcp")).containsExactly("tcp:192.0.2.1:5060");
    }

    @Test
    void naptrChoosesTheTransportByOrderAndPreference() {
        dns.naptr("h.example", 20, 1, "SIP+D2U", "_sip._udp.h.example")
                .naptr("h.example", 10, 5, "SIP+D2U", "udp.example")
                .naptr("h.example", 10, 2, "sip+d2t", "tcp.example")
                .naptr("h.example", 1, 1, "SIPS+D2T", "_sips._tcp.h.example")
                .naptr("h.example", 1, 1, "SIP+D2S", "_sip._sctp.h.example")
                .srv("tcp.example", 1, 1, 5081, "t.example")
                .a("t.example", "192.0.2.3");
        assertThat(hops("h.example")).containsExactly("tcp:192.0.2.3:5081");
        assertThat(dns.asked).containsExactly("NAPTR h.example", "SRV tcp.example", "A t.example");
    }

    @Test
    void naptrThatIsNotForSipOrNotTerminalIsIgnored() {
        dns.naptr("h.example", 1, 1, "E2U+email", "_sip._udp.h.example")
                .add("h.example", NAPTR, new ResourceRecord.Naptr(1, 1, "u", "SIP+D2T", "!.*!x!", ""))
                .add("h.example", NAPTR, new ResourceRecord.Naptr(1, 1, "a", "SIP+D2T", "", "x.example"))
                .srv("_sip._udp.h.example", 1, 1, 5082, "t.example")
                .a("t.example", "192.0.2.3");
        assertThat(hops("h.example")).containsExactly("udp:192.0.2.3:5082");
    }

    @Test
    void naptrWhoseServiceIsMissingGivesWayToTheNext() {
        dns.naptr("h.example", 1, 1, "SIP+D2T", "gone.example")
                .naptr("h.example", 2, 1, "SIP+D2U", "udp.example")
                .srv("udp.example", 1, 1, 5060, "t.example")
                .a("t.example", "192.0.2.3");
        assertThat(hops("h.example")).containsExactly("udp:192.0.2.3:5060");
    }

    @Test
    void withoutNaptrSrvOfUdpThenTcpIsTried() {
        dns.srv("_sip._tcp.h.example", 1, 1, 5083, "t.example").a("t.example", "192.0.2.3");
        assertThat(hops("h.example")).containsExactly("tcp:192.0.2.3:5083");
        dns.srv("_sip._udp.h.example", 1, 1, 5084, "t.example");
        assertThat(hops("h.example")).containsExactly("udp:192.0.2.3:5084");
    }

    @Test
    void withoutAnySrvItIsUdpOnTheDefaultPort() {
        dns.a("h.example", "192.0.2.1");
        assertThat(hops("h.example")).containsExactly("udp:192.0.2.1:5060");
        assertThat(dns.asked)
                .containsExactly(
                        "NAPTR h.example", "SRV _sip._udp.h.example", "SRV _sip._tcp.h.example", "A h.example");
        Destination to = new Destination("h.example", -1, Optional.empty(), false);
        assertThat(texts(locate(new Reach(Set.of(Transport.TCP), Set.of()), to)))
                .containsExactly("tcp:192.0.2.1:5060");
    }

    @Test
    void srvTargetOfADotMeansThatThereIsNoService() {
        dns.srv("_sip._udp.h.example", 0, 0, 0, "").a("h.example", "192.0.2.1");
        assertThat(outcome("h.example;udp")).isEqualTo(Location.Outcome.NO_NAME);
        assertThat(dns.asked).doesNotContain("A h.example");
    }

    @Test
    void prioritiesComeInOrderWithAllTheirAddresses() {
        dns.srv("_sip._udp.h.example", 20, 9, 5060, "backup.example")
                .srv("_sip._udp.h.example", 10, 1, 5061, "main.example")
                .a("main.example", "192.0.2.9", "192.0.2.8")
                .a("backup.example", "192.0.2.20");
        List<String> hops = hops("h.example;udp");
        assertThat(hops.subList(0, 2)).containsExactlyInAnyOrder("udp:192.0.2.8:5061", "udp:192.0.2.9:5061");
        assertThat(hops.get(2)).isEqualTo("udp:192.0.2.20:5060");
    }

    @Test
    void bothFamiliesAreAskedForWhereThereAreListeners() {
        dns.a("h.example", "192.0.2.1", "2001:db8::1");
        Destination udp = new Destination("h.example", 5060, Optional.of(Transport.UDP), false);
        assertThat(texts(locate(new Reach(BOTH, BOTH), udp)))
                .containsExactly("udp:2001:db8:0:0:0:0:0:1:5060", "udp:192.0.2.1:5060");
        assertThat(texts(locate(IPV4, udp))).containsExactly("udp:192.0.2.1:5060");
        assertThat(texts(locate(new Reach(Set.of(Transport.TCP), Set.of(Transport.UDP)), udp)))
                .containsExactly("udp:2001:db8:0:0:0:0:0:1:5060");
    }

    @Test
    void transportThatWeDoNotHaveIsUnsendable() {
        assertThat(outcome("h.example;tls")).isEqualTo(Location.Outcome.NO_TRANSPORT);
        assertThat(outcome("h.example;ws")).isEqualTo(Location.Outcome.NO_TRANSPORT);
        Destination sips = new Destination("h.example", -1, Optional.of(Transport.TCP), true);
        assertThat(locate(IPV4, sips).outcome()).isEqualTo(Location.Outcome.NO_TRANSPORT);
        assertThat(dns.asked).isEmpty();
    }

    @Test
    void sipsGoesOverTlsWhereThereIsTls() {
        dns.srv("_sips._tcp.h.example", 1, 1, 5061, "t.example").a("t.example", "192.0.2.3");
        Destination sips = new Destination("h.example", -1, Optional.empty(), true);
        assertThat(texts(locate(new Reach(Set.of(Transport.UDP, Transport.TLS), Set.of()), sips)))
                .containsExactly("tls:192.0.2.3:5061");
    }

    @Test
    void nothingFoundIsToldFromNobodyAnswers() {
        assertThat(outcome("h.example")).isEqualTo(Location.Outcome.NO_NAME);
        for (String failing : List.of("NAPTR h.example", "SRV _sip._udp.h.example", "A h.example")) {
            String[] question = failing.split(" ", 2);
            FakeDns broken = new FakeDns().answers(question[1], RecordType.valueOf(question[0]), DnsAnswer.FAILURE);
            Location location = new SipLocator(broken, IPV4)
                    .locate(new Destination("h.example", -1, Optional.empty(), false))
                    .toCompletableFuture()
                    .join();
            assertThat(location.outcome()).as(failing).isEqualTo(Location.Outcome.FAILED);
        }
    }

    @Test
    void negativeAnswerLivesAsLongAsItsSoaSays() {
        dns.answers("h.example", A, DnsAnswer.none(DnsAnswer.Outcome.NO_NAME, 77));
        assertThat(locate(IPV4, parse("h.example:5060")).ttlSeconds()).isEqualTo(77);
    }

    @Test
    void theShortestTimeToLiveOfTheAnswerCounts() {
        dns.srv("_sip._udp.h.example", 1, 1, 5060, "t.example")
                .ttl("_sip._udp.h.example", SRV, 60)
                .a("t.example", "192.0.2.3")
                .ttl("t.example", A, 20);
        assertThat(locate(IPV4, parse("h.example;udp")).ttlSeconds()).isEqualTo(20);
        dns.ttl("t.example", A, 90);
        assertThat(locate(IPV4, parse("h.example;udp")).ttlSeconds()).isEqualTo(60);
    }

    @Test
    void oneFamilyThatFailsShortensTheLifeOfTheOther() {
        dns.a("h.example", "192.0.2.1").answers("h.example", AAAA, DnsAnswer.FAILURE);
        Location location = locate(new Reach(BOTH, BOTH), parse("h.example:5060"));
        assertThat(location.outcome()).isEqualTo(Location.Outcome.FOUND);
        assertThat(location.ttlSeconds()).isEqualTo(NameCache.FAILURE_SECONDS);
    }

    @Test
    void aHugeZoneCostsABoundedNumberOfQuestions() {
        for (int i = 0; i < 1000; i++) {
            dns.naptr("h.example", i, 1, "SIP+D2U", "s" + i + ".example");
            dns.srv("s0.example", 1, 1, 5060, "t" + i + ".example");
        }
        assertThat(outcome("h.example")).isEqualTo(Location.Outcome.NO_NAME);
        assertThat(dns.asked).hasSizeLessThan(30);
    }

    @Test
    void namesThatNoQuestionCanHoldAreUnknownWithoutAsking() {
        for (String host : List.of("a..b", "x".repeat(64), "x.".repeat(130) + "y", ".", "")) {
            Destination to = new Destination(host, -1, Optional.empty(), false);
            assertThat(locate(IPV4, to).outcome()).as(host).isEqualTo(Location.Outcome.NO_NAME);
        }
        assertThat(dns.asked).isEmpty();
    }

    private Location locate(Reach reach, Destination to) {
        return new SipLocator(dns, reach).locate(to).toCompletableFuture().join();
    }

    private Location.Outcome outcome(String to) {
        return locate(IPV4, parse(to)).outcome();
    }

    private List<String> hops(String to) {
        return texts(locate(IPV4, parse(to)));
    }

    /** {@code host[:port][;transport]}. */
    private static Destination parse(String text) {
        String[] parts = text.split(";", 2);
        String[] hostPort = parts[0].split(":", 2);
        Optional<Transport> transport =
                parts.length > 1 ? Optional.of(Transport.valueOf(parts[1].toUpperCase(Locale.ROOT))) : Optional.empty();
        return new Destination(hostPort[0], hostPort.length > 1 ? Integer.parseInt(hostPort[1]) : -1, transport, false);
    }

    private static List<String> texts(Location location) {
        return location.order(1).stream()
                .map(hop -> {
                    InetSocketAddress address = hop.address();
                    String transport = hop.transport().name().toLowerCase(Locale.ROOT);
                    return transport + ":" + address.getAddress().getHostAddress() + ":" + address.getPort();
                })
                .toList();
    }
}
