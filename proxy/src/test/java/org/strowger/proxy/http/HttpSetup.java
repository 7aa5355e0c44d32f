package org.strowger.proxy.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.Ticker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.strowger.discovery.Backend;
import org.strowger.discovery.Protocol;
import org.strowger.health.Eligibility;
import org.strowger.proxy.balancing.Affinity;
import org.strowger.proxy.balancing.BalancingPolicy;
import org.strowger.proxy.balancing.BoundedLoad;
import org.strowger.proxy.balancing.Member;
import org.strowger.proxy.forwarding.BackendAlarm;
import org.strowger.proxy.metrics.BackendCounter;
import org.strowger.proxy.metrics.BackendCounterTable;
import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.metrics.CounterRegistry;
import org.strowger.proxy.metrics.LatencyTable;
import org.strowger.proxy.routing.Action;
import org.strowger.proxy.routing.Cidr;
import org.strowger.proxy.routing.Pool;
import org.strowger.proxy.routing.RecordRoute;
import org.strowger.proxy.routing.Redispatch;
import org.strowger.proxy.routing.Target;
import org.strowger.sip.IpPort;
import org.strowger.sip.Transport;
import org.strowger.sip.cookie.BackendIdentity;
import org.strowger.sip.cookie.ClusterKey;
import org.strowger.sip.cookie.CookieCodec;

/** The HTTP side alone: one event loop, one listener on loopback, one pool. */
final class HttpSetup implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(30);

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final CounterRegistry counters = new CounterRegistry(1);
    private final BackendCounterTable backendCounters = new BackendCounterTable(1);
    private final LatencyTable latencies = new LatencyTable(1);
    private final List<Backend> backends = new ArrayList<>();
    private final List<Eligibility> eligibilities = new ArrayList<>();
    private final HttpLoop loop;
    private final Channel listener;
    private volatile HttpPicture picture;
    private HttpOptions options;
    private String balance = "round-robin";
    private Sticky cookie = new Sticky("STROWGER", Sticky.Pages.LAX);
    private volatile Optional<WebSocketDoor> door = Optional.empty();

    HttpSetup(InetSocketAddress... addresses) {
        this(ClusterKey.of(new byte[ClusterKey.LENGTH]), addresses);
    }

    HttpSetup(ClusterKey key, InetSocketAddress... addresses) {
        this.options = options(HttpOptions.Forwarded.X_FORWARDED, List.of());
        for (InetSocketAddress address : addresses) {
            backends.add(new Backend(Protocol.HTTP, Transport.TCP, address, 1, 0, "", Backend.ROOT));
            eligibilities.add(Eligibility.NEW_AND_ESTABLISHED);
        }
        this.picture = picture();
        EventLoop eventLoop = group.next();
        this.loop = new HttpLoop(
                0,
                eventLoop,
                () -> picture,
                new HttpLoop.Counting(counters.loop(0), BackendAlarm.NONE),
                new CookieCodec(key, Optional.empty()),
                new HttpLoop.Chance(Ticker.systemTicker(), new SplittableRandom(1)),
                (channel, backend) -> {
                    throw new IllegalStateException("no TLS here");
                });
        HttpService service = new HttpService(List.of(loop));
        this.listener = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        IpPort source = IpPort.of((InetSocketAddress) channel.remoteAddress());
                        service.take(0, channel, new Visitor(0, source, 80, Visitor.Security.PLAIN), "", door);
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
    }

    static HttpOptions options(HttpOptions.Forwarded forwarded, List<Cidr> trusted) {
        return new HttpOptions(
                new HttpOptions.Bounds(4096, 16_384, 100, 100, 1000, 16),
                new HttpOptions.Times(LONG, LONG, LONG, LONG, LONG, LONG, LONG),
                forwarded,
                trusted,
                2);
    }

    /** Other settings from now on. */
    HttpSetup with(HttpOptions other) {
        options = other;
        picture = picture();
        return this;
    }

    HttpSetup times(HttpOptions.Times times) {
        return with(
                new HttpOptions(options.limits(), times, options.forwarded(), options.trusted(), options.retries()));
    }

    HttpSetup door(WebSocketDoor to) {
        door = Optional.of(to);
        return this;
    }

    /** Another cookie from now on. */
    HttpSetup cookie(Sticky other) {
        cookie = other;
        picture = picture();
        return this;
    }

    HttpSetup balance(String policy) {
        balance = policy;
        picture = picture();
        return this;
    }

    /** Another state of a backend from now on. */
    void set(int backend, Eligibility eligibility) {
        eligibilities.set(backend, eligibility);
        picture = picture();
        run(() -> loop.look(identity -> true));
    }

    private HttpPicture picture() {
        List<Target> targets = new ArrayList<>();
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < backends.size(); i++) {
            Backend backend = backends.get(i);
            targets.add(new Target(
                    backend,
                    BackendIdentity.hash(backend.id()),
                    new byte[0][],
                    new RecordRoute[0][],
                    backendCounters.countersOf(backend.id())));
            members.add(new Member(backend, eligibilities.get(i)));
        }
        Ticker ticker = Ticker.systemTicker();
        BalancingPolicy policy = BalancingPolicy.of(balance);
        Pool pool = new Pool(
                "web",
                targets,
                policy.pickers(BoundedLoad.OFF, ticker).build(members),
                policy,
                new Affinity(1000, LONG, ticker),
                Pool.PathPolicy.SKIP,
                new Redispatch(
                        Duration.ZERO,
                        Duration.ZERO,
                        new Redispatch.Causes(Set.of(), false),
                        0.2,
                        1,
                        new Redispatch.Verdicts(true, Set.of(500, 503))),
                Pool.Dialogs.FAIL,
                members);
        HttpRules rules = new HttpRules(List.of(
                new HttpRules.Rule(1, List.of(new HttpCondition.PathBelow("/secret")), new Action.Reject(403), ""),
                new HttpRules.Rule(2, List.of(), new Action.ToPool(0), "")));
        return new HttpPicture(
                rules, List.of(Optional.of(new HttpPool(pool, Optional.of(cookie), latencies.of("web")))), options);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    String id(int backend) {
        return backends.get(backend).id();
    }

    long count(Counter counter) {
        return counters.sum(counter);
    }

    long count(int backend, BackendCounter counter) {
        return backendCounters.sum(id(backend), counter);
    }

    HttpLoop loop() {
        return loop;
    }

    void run(Runnable task) {
        loop.eventLoop().submit(task).syncUninterruptibly();
    }

    @Override
    public void close() {
        listener.close().syncUninterruptibly();
        run(loop::close);
        group.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).syncUninterruptibly();
    }
}
