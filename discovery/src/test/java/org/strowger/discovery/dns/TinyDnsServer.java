package org.strowger.discovery.dns;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A real DNS server on a loopback UDP port, with a zone of a few records. What it does not know is NXDOMAIN. */
final class TinyDnsServer implements AutoCloseable {
    /** The questions that came, as {@code TYPE name}. */
    final List<String> asked = new CopyOnWriteArrayList<>();

    private final Map<String, List<Stored>> zone = new ConcurrentHashMap<>();
    private final Map<String, DnsResponseCode> codes = new ConcurrentHashMap<>();
    private final Channel channel;

    private record Stored(String owner, DnsRecordType type, long ttl, ByteBuf rdata, DnsSection section) {}

    TinyDnsServer(EventLoopGroup group) {
        channel = new Bootstrap()
                .group(group)
                .channel(NioDatagramChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel ch) {
                        ch.pipeline()
                                .addLast(
                                        new DatagramDnsQueryDecoder(), new DatagramDnsResponseEncoder(), new Answers());
                    }
                })
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
    }

    InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    TinyDnsServer a(String name, long ttl, String ip) {
        return answer(
                name, "A", name, "A", ttl, Unpooled.wrappedBuffer(NetUtil.createByteArrayFromIpAddressString(ip)));
    }

    TinyDnsServer srv(String name, int priority, int weight, int port, String target) {
        ByteBuf rdata =
                Unpooled.buffer().writeShort(priority).writeShort(weight).writeShort(port);
        return answer(name, "SRV", name, "SRV", 60, name(rdata, target));
    }

    TinyDnsServer naptr(String name, int order, int preference, String services, String replacement) {
        ByteBuf rdata = Unpooled.buffer().writeShort(order).writeShort(preference);
        text(text(text(rdata, "s"), services), "");
        return answer(name, "NAPTR", name, "NAPTR", 60, name(rdata, replacement));
    }

    /** Part of the answer to the question for {@code type} of {@code name}. */
    TinyDnsServer alias(String name, String type, String owner, String target) {
        return answer(name, type, owner, "CNAME", 30, name(Unpooled.buffer(), target));
    }

    /** The authority section of the answer to the question for {@code type} of {@code name}. */
    TinyDnsServer soa(String name, String type, int ttl, int minimum) {
        ByteBuf rdata = name(name(Unpooled.buffer(), "ns.example"), "root.example");
        rdata.writeInt(1).writeInt(2).writeInt(3).writeInt(4).writeInt(minimum);
        store(name, type, new Stored("example", DnsRecordType.SOA, ttl, rdata, DnsSection.AUTHORITY));
        return this;
    }

    TinyDnsServer code(String name, String type, DnsResponseCode code) {
        codes.put(type + " " + name, code);
        return this;
    }

    TinyDnsServer answer(String name, String asked, String owner, String type, long ttl, ByteBuf rdata) {
        store(name, asked, new Stored(owner, DnsRecordType.valueOf(type), ttl, rdata, DnsSection.ANSWER));
        return this;
    }

    private void store(String name, String type, Stored record) {
        zone.computeIfAbsent(type + " " + name, key -> new CopyOnWriteArrayList<>())
                .add(record);
    }

    static ByteBuf name(ByteBuf out, String name) {
        for (String label : name.isEmpty() ? new String[0] : name.split("\\.", -1)) {
            text(out, label);
        }
        return out.writeByte(0);
    }

    private static ByteBuf text(ByteBuf out, String text) {
        out.writeByte(text.length()).writeCharSequence(text, StandardCharsets.US_ASCII);
        return out;
    }

    @Override
    public void close() {
        channel.close().syncUninterruptibly();
    }

    private final class Answers extends SimpleChannelInboundHandler<DatagramDnsQuery> {

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, DatagramDnsQuery query) {
            DnsQuestion question = query.recordAt(DnsSection.QUESTION);
            String key = question.type().name() + " " + DomainName.canonical(question.name());
            asked.add(key);
            List<Stored> records = zone.getOrDefault(key, List.of());
            boolean known = zone.keySet().stream().anyMatch(k -> k.endsWith(key.substring(key.indexOf(' '))));
            DnsResponseCode code = codes.getOrDefault(key, known ? DnsResponseCode.NOERROR : DnsResponseCode.NXDOMAIN);
            DatagramDnsResponse response =
                    new DatagramDnsResponse(query.recipient(), query.sender(), query.id(), query.opCode(), code);
            response.addRecord(DnsSection.QUESTION, question);
            for (Stored record : records) {
                response.addRecord(
                        record.section(),
                        new DefaultDnsRawRecord(
                                record.owner() + ".",
                                record.type(),
                                record.ttl(),
                                record.rdata().copy()));
            }
            var unused = ctx.writeAndFlush(response);
        }
    }
}
