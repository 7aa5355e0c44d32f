package org.strowger.discovery.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.dns.DnsResponseCode;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.strowger.sip.Transport;

/** Questions over a real socket to a server on the loopback. */
class NettyDnsClientIT {
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final TinyDnsServer server = new TinyDnsServer(group);
    private final NettyDnsClient client = client(List.of(server.address()));

    @AfterEach
    void close() {
        client.close();
        server.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void readsRecordsWithTheirTimeToLive() throws Exception {
        server.a("h.example", 40, "192.0.2.1").a("h.example", 30, "192.0.2.2");
        DnsAnswer answer = ask(client, "h.example", RecordType.A);
        assertThat(answer.of(ResourceRecord.Address.class)).hasSize(2);
        assertThat(answer.ttlSeconds()).isEqualTo(30);
    }

    @Test
    void tellsNoNameFromNoDataFromFailure() throws Exception {
        server.a("h.example", 40, "192.0.2.1")
                .soa("h.example", "SRV", 100, 70)
                .soa("gone.example", "A", 20, 70)
                .code("gone.example", "A", DnsResponseCode.NXDOMAIN)
                .code("bad.example", "A", DnsResponseCode.SERVFAIL);
        assertThat(ask(client, "h.example", RecordType.SRV)).isEqualTo(DnsAnswer.none(DnsAnswer.Outcome.NO_DATA, 70));
        assertThat(ask(client, "gone.example", RecordType.A)).isEqualTo(DnsAnswer.none(DnsAnswer.Outcome.NO_NAME, 20));
        assertThat(ask(client, "nowhere.example", RecordType.A))
                .isEqualTo(DnsAnswer.none(DnsAnswer.Outcome.NO_NAME, -1));
        assertThat(ask(client, "bad.example", RecordType.A)).isEqualTo(DnsAnswer.FAILURE);
    }

    @Test
    void followsAliasesWithinAnAnswerAndBeyond() throws Exception {
        server.alias("one.example", "A", "one.example", "Two.example")
                .alias("one.example", "A", "two.example", "three.example")
                .a("three.example", 40, "192.0.2.3");
        DnsAnswer answer = ask(client, "one.example", RecordType.A);
        assertThat(answer.isFound()).isTrue();
        assertThat(answer.ttlSeconds()).isEqualTo(30);
        assertThat(server.asked).containsExactly("A one.example", "A three.example");
    }

    @Test
    void aliasesThatGoRoundInCirclesAreAFailure() throws Exception {
        server.alias("one.example", "A", "one.example", "two.example")
                .alias("two.example", "A", "two.example", "one.example");
        assertThat(ask(client, "one.example", RecordType.A)).isEqualTo(DnsAnswer.FAILURE);
        assertThat(server.asked).hasSizeLessThan(12);
        server.alias("self.example", "A", "self.example", "self.example");
        assertThat(ask(client, "self.example", RecordType.A)).isEqualTo(DnsAnswer.FAILURE);
    }

    @Test
    void recordsOfOtherNamesAreNotBelieved() throws Exception {
        server.answer(
                "h.example", "A", "other.example", "A", 60, Unpooled.buffer().writeInt(7));
        assertThat(ask(client, "h.example", RecordType.A).outcome()).isEqualTo(DnsAnswer.Outcome.NO_DATA);
    }

    @Test
    void compressedNamesPointIntoTheMessage() throws Exception {
        // In a response with one question, that question's name is at index 12.
        ByteBuf rdata = Unpooled.buffer().writeShort(1).writeShort(2).writeShort(5060);
        rdata.writeByte(1).writeByte('t').writeShort(0xC00C);
        server.answer("h.example", "SRV", "h.example", "SRV", 60, rdata);
        assertThat(ask(client, "h.example", RecordType.SRV).records())
                .containsExactly(new ResourceRecord.Srv(1, 2, 5060, "t.h.example"));
    }

    @Test
    void aServerThatFailsOrIsSilentIsPassedOver() throws Exception {
        server.a("h.example", 40, "192.0.2.1");
        try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                TinyDnsServer failing = new TinyDnsServer(group).code("h.example", "A", DnsResponseCode.REFUSED)) {
            InetSocketAddress deaf = new InetSocketAddress(silent.getLocalAddress(), silent.getLocalPort());
            try (NettyDnsClient three = client(List.of(deaf, failing.address(), server.address()))) {
                assertThat(ask(three, "h.example", RecordType.A).isFound()).isTrue();
            }
            try (NettyDnsClient one = client(List.of(deaf))) {
                assertThat(ask(one, "h.example", RecordType.A)).isEqualTo(DnsAnswer.FAILURE);
            }
        }
    }

    @Test
    void locatesAServerByNaptrSrvAndAddress() throws Exception {
        server.naptr("example.com", 10, 1, "SIP+D2T", "_sip._tcp.example.com")
                .srv("_sip._tcp.example.com", 1, 5, 5070, "sip.example.com")
                .a("sip.example.com", 40, "192.0.2.9");
        SipLocator locator =
                new SipLocator(client, new Reach(Set.of(Transport.UDP, Transport.TCP), Set.of(Transport.UDP)));
        Location location = onLoop(() -> locator.locate(new Destination("Example.COM.", -1, Optional.empty(), false)));
        assertThat(location.first(1)).isEqualTo(new Hop(new InetSocketAddress("192.0.2.9", 5070), Transport.TCP));
        assertThat(location.ttlSeconds()).isEqualTo(40);
    }

    private NettyDnsClient client(List<InetSocketAddress> servers) {
        return new NettyDnsClient(
                group.next(), NioDatagramChannel::new, NioSocketChannel::new, servers, Duration.ofMillis(500));
    }

    private DnsAnswer ask(NettyDnsClient whom, String name, RecordType type) throws Exception {
        return onLoop(() -> whom.query(name, type));
    }

    private <T> T onLoop(Callable<CompletionStage<T>> question) throws Exception {
        CompletableFuture<T> answer =
                group.next().submit(question).get(10, TimeUnit.SECONDS).toCompletableFuture();
        return answer.get(10, TimeUnit.SECONDS);
    }
}
