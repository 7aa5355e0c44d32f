package org.strowger.discovery.dns;

import io.netty.channel.AddressedEnvelope;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.resolver.dns.DnsServerAddressStream;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.resolver.dns.DnsServerAddresses;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.strowger.threading.RunsOn;

/**
 * Asks DNS servers over UDP, and over TCP when the answer is cut off, from the sockets of one event loop.
 *
 * <p>A server that does not answer in time or answers with an error is passed over for the next one, at most three.
 * Each question leaves from a port of its own, which makes its answer hard to forge (RFC 5452).
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
public final class NettyDnsClient implements DnsClient, AutoCloseable {
    private static final int MAX_SERVERS = 3;

    private final EventLoop loop;
    private final DnsServerAddressStreamProvider servers;
    private final DnsNameResolver resolver;

    /**
     * May be called from any thread.
     *
     * @param servers who is asked, in this order; none for those that the system is set to
     * @param timeout of one question to one server
     */
    public NettyDnsClient(
            EventLoop loop,
            ChannelFactory<? extends DatagramChannel> datagrams,
            ChannelFactory<? extends SocketChannel> streams,
            List<InetSocketAddress> servers,
            Duration timeout) {
        this.loop = loop;
        this.servers = servers.isEmpty()
                ? DnsServerAddressStreamProviders.platformDefault()
                : name -> DnsServerAddresses.sequential(servers).stream();
        this.resolver = new DnsNameResolverBuilder(loop)
                .datagramChannelFactory(datagrams)
                .socketChannelFactory(streams)
                .datagramChannelStrategy(DnsNameResolverChannelStrategy.ChannelPerResolution)
                .nameServerProvider(this.servers)
                .queryTimeoutMillis(timeout.toMillis())
                .searchDomains(List.of())
                .build();
    }

    @Override
    public CompletionStage<DnsAnswer> query(String name, RecordType type) {
        assert loop.inEventLoop() : "names are looked up on their event loop";
        CompletableFuture<DnsAnswer> answer = new CompletableFuture<>();
        new Question(name, type, 0, Long.MAX_VALUE, answer).ask();
        return answer;
    }

    @Override
    public void close() {
        resolver.close();
    }

    /** One name and type on its way through the servers. */
    @RunsOn(RunsOn.Runner.EVENT_LOOP)
    private final class Question {
        private final String name;
        private final RecordType type;
        private final int aliases;
        private final long aliasTtlSeconds;
        private final CompletableFuture<DnsAnswer> answer;
        private final DnsServerAddressStream stream;
        private int serversLeft;

        Question(String name, RecordType type, int aliases, long aliasTtlSeconds, CompletableFuture<DnsAnswer> answer) {
            this.name = name;
            this.type = type;
            this.aliases = aliases;
            this.aliasTtlSeconds = aliasTtlSeconds;
            this.answer = answer;
            this.stream = servers.nameServerAddressStream(name);
            this.serversLeft = Math.min(MAX_SERVERS, stream.size());
        }

        void ask() {
            if (serversLeft-- <= 0) {
                answer.complete(DnsAnswer.FAILURE);
                return;
            }
            DefaultDnsQuestion question = new DefaultDnsQuestion(name + '.', DnsRecordType.valueOf(type.name()));
            resolver.query(stream.next(), question).addListener(this::onResponse);
        }

        private void onResponse(Future<? super AddressedEnvelope<DnsResponse, InetSocketAddress>> response) {
            if (!response.isSuccess()) {
                ask();
                return;
            }
            @SuppressWarnings("unchecked") // what the query above promises
            AddressedEnvelope<DnsResponse, InetSocketAddress> envelope =
                    (AddressedEnvelope<DnsResponse, InetSocketAddress>) response.getNow();
            try {
                take(AnswerReader.read(envelope.content(), name, type));
            } finally {
                envelope.release();
            }
        }

        private void take(AnswerReader.Reading reading) {
            DnsAnswer read = reading.answer();
            long ttl = Math.min(aliasTtlSeconds, reading.ttlSeconds());
            if (read.isFailed()) {
                ask();
            } else if (read.isFound()) {
                answer.complete(DnsAnswer.found(read.records(), Math.min(ttl, read.ttlSeconds())));
            } else if (reading.alias().isEmpty()) {
                answer.complete(read);
            } else if (aliases == AnswerReader.MAX_ALIASES) {
                answer.complete(DnsAnswer.FAILURE);
            } else {
                new Question(reading.alias(), type, aliases + 1, ttl, answer).ask();
            }
        }
    }
}
