package org.strowger.proxy.demo;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.strowger.proxy.demo.DemoMessage.Header;
import org.strowger.threading.RunsOn;

/** Places calls at a steady rate over one UDP socket, on one thread of its own, and measures how they fare. */
@RunsOn(RunsOn.Runner.ANY)
public final class DemoCaller implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DemoCaller.class);
    /** How long a transaction meets copies of its response: longer than the other end repeats it. */
    private static final long REMEMBER_MILLIS = 33_000;

    private final CallerCounts counts = new CallerCounts();
    private final CountDownLatch finished = new CountDownLatch(1);
    private final EventLoopGroup thread;
    private final EventLoop loop;
    private final CallerOptions options;
    private final Ticker ticker;
    private final RandomGenerator random;
    private final Channel channel;
    private final Line line = new Line();
    private final Map<String, ClientTransaction> transactions = new HashMap<>();
    private final Set<DemoCall> calls = new LinkedHashSet<>();
    private final List<Future<?>> schedules = new ArrayList<>();
    private long placed;
    private boolean stopping;

    private DemoCaller(CallerOptions options, Ticker ticker, RandomGenerator random) throws IOException {
        this.options = options;
        this.ticker = ticker;
        this.random = random;
        thread = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("demo-caller"), NioIoHandler.newFactory());
        loop = thread.next();
        ChannelFuture connected = new Bootstrap()
                .group(thread)
                .channel(NioDatagramChannel.class)
                .handler(new Datagrams())
                .connect(options.target())
                .awaitUninterruptibly();
        channel = connected.channel();
        if (!connected.isSuccess()) {
            close();
            throw new IOException("demo caller: " + connected.cause().getMessage(), connected.cause());
        }
    }

    /** Opens the socket and begins to call. */
    public static DemoCaller start(CallerOptions options, Ticker ticker, RandomGenerator random) throws IOException {
        DemoCaller caller = new DemoCaller(options, ticker, random);
        caller.loop.execute(caller::begin);
        return caller;
    }

    public CallerReport report() {
        return counts.report();
    }

    /**
     * Places no further call, hangs up those that are answered, and waits for the end of all. Those that do not end in
     * time count as failed.
     */
    public CallerReport finish(Duration patience) throws InterruptedException {
        loop.execute(this::stopCalling);
        if (!finished.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
            loop.submit(() -> List.copyOf(calls).forEach(DemoCall::abandon)).await();
        }
        return report();
    }

    /** Waits until the last of {@link CallerOptions#maxCalls} has ended. False when that took too long. */
    public boolean awaitFinished(Duration patience) throws InterruptedException {
        return finished.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        thread.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private void begin() {
        every(1_000_000_000L / options.callsPerSecond(), this::call);
        if (options.others() > 0) {
            every(1_000_000_000L / options.others(), () -> {
                other("REGISTER", "sip:" + line.target());
                other("OPTIONS", "sip:demo@" + line.target());
            });
        }
    }

    private void every(long nanos, Runnable task) {
        schedules.add(loop.scheduleAtFixedRate(task, 0, nanos, TimeUnit.NANOSECONDS));
    }

    private void call() {
        placed++;
        DemoCall call =
                new DemoCall(line, options.talk(), options.holdEvery() > 0 && placed % options.holdEvery() == 0);
        calls.add(call);
        call.start();
        if (placed == options.maxCalls()) {
            schedules.forEach(schedule -> schedule.cancel(false));
            stopping = true;
        }
    }

    private void stopCalling() {
        schedules.forEach(schedule -> schedule.cancel(false));
        stopping = true;
        List.copyOf(calls).forEach(DemoCall::hangUp);
        countDownIfDone();
    }

    private void countDownIfDone() {
        if (stopping && calls.isEmpty()) {
            finished.countDown();
        }
    }

    /** A request outside any dialog. */
    private void other(String method, String uri) {
        String branch = line.branch();
        List<Header> headers = List.of(
                line.via(branch),
                new Header("Max-Forwards", "70"),
                new Header("From", line.from(line.token())),
                new Header("To", method.equals("REGISTER") ? line.contact() : "<" + uri + ">"),
                new Header("Call-ID", line.token() + "@demo.invalid"),
                new Header("CSeq", "1 " + method),
                new Header("Contact", line.contact()));
        String text = DemoMessage.write(method + " " + uri + " SIP/2.0", headers, "");
        line.transact(method, branch, text, new ClientTransaction.Outcome() {
            private boolean counted;

            @Override
            public void onFinal(DemoMessage response) {
                if (!counted && response.status() == 200) {
                    counts.onOther();
                } else if (!counted) {
                    counts.onOtherFailure(method + ": " + response.status());
                }
                counted = true;
            }

            @Override
            public void onTimeout() {
                counts.onOtherFailure(method + ": no answer");
            }
        });
    }

    /** This caller as its calls see it. */
    @RunsOn(RunsOn.Runner.EVENT_LOOP)
    private final class Line implements CallerLine {
        private @Nullable String local;

        @Override
        public EventExecutor loop() {
            return loop;
        }

        @Override
        public CallerCounts counts() {
            return counts;
        }

        @Override
        public long nanoTime() {
            return ticker.nanoTime();
        }

        @Override
        public String token() {
            return Long.toHexString(random.nextLong());
        }

        @Override
        public String target() {
            return text(options.target());
        }

        @Override
        public String local() {
            if (local == null) {
                local = text((InetSocketAddress) channel.localAddress());
            }
            return local;
        }

        @Override
        public void send(String text) {
            var unused =
                    channel.writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8), channel.voidPromise());
        }

        @Override
        public void transact(String method, String branch, String text, ClientTransaction.Outcome outcome) {
            ClientTransaction transaction = new ClientTransaction(loop, method, text, this::send, outcome);
            String key = branch + "|" + method;
            transactions.put(key, transaction);
            var unused = loop.schedule(() -> transactions.remove(key), REMEMBER_MILLIS, TimeUnit.MILLISECONDS);
            transaction.start();
        }

        @Override
        public void ended(DemoCall call) {
            calls.remove(call);
            countDownIfDone();
        }

        private static String text(InetSocketAddress address) {
            return address.getAddress().getHostAddress() + ":" + address.getPort();
        }
    }

    /** The UDP socket. */
    @RunsOn(RunsOn.Runner.EVENT_LOOP)
    private final class Datagrams extends SimpleChannelInboundHandler<DatagramPacket> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            DemoMessage.parse(packet.content().toString(StandardCharsets.UTF_8))
                    .filter(message -> !message.isRequest())
                    .ifPresent(response -> {
                        ClientTransaction transaction = transactions.get(response.branch() + "|" + response.method());
                        if (transaction != null) {
                            transaction.receive(response);
                        }
                    });
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LOG.debug("demo caller: {}", cause.toString());
        }
    }
}
