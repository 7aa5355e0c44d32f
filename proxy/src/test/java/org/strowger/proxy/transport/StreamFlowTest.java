package org.strowger.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.strowger.sip.IpPort;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/** What a flow does with its messages while its channel is slow, fast, young or dead. */
final class StreamFlowTest {
    private static final int MAX_QUEUED = 1000;

    private final Kernel kernel = new Kernel();
    private final EmbeddedChannel channel = new EmbeddedChannel(kernel);
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final Recorder recorder = new Recorder();
    private final Flows flows = new Flows(
            channel.eventLoop(), new FlowIds(new FlowEra(0, 1), 0), recorder, recorder, Ticker.newMockTicker());
    private final StreamFlow flow;

    StreamFlowTest() {
        channel.config().setAllocator(allocator);
        FlowSetup setup = new FlowSetup(0, Transport.TCP, MAX_QUEUED, 0, 0, FlowKeepAlive.OFF, FlowSetup.Owner.NOBODY);
        flow = new StreamFlow(flows, channel, new IpPort(), setup, new ContentLengthFraming());
        flows.add(flow);
        channel.pipeline().addLast(new StreamChannelHandler(flows, flow, new ContentLengthFraming()));
    }

    /** Takes writes like a kernel whose buffer the test controls. */
    @RunsOn(RunsOn.Runner.EVENT_LOOP)
    private static final class Kernel extends ChannelOutboundHandlerAdapter {
        final List<String> taken = new ArrayList<>();
        final ArrayDeque<ByteBuf> heldBytes = new ArrayDeque<>();
        final ArrayDeque<ChannelPromise> heldPromises = new ArrayDeque<>();
        boolean isFull;

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            heldBytes.add((ByteBuf) message);
            heldPromises.add(promise);
            if (!isFull) {
                takeOne();
            }
        }

        void takeOne() {
            ByteBuf bytes = heldBytes.remove();
            taken.add(bytes.toString(java.nio.charset.StandardCharsets.ISO_8859_1));
            bytes.release();
            heldPromises.remove().setSuccess();
        }

        /** The connection breaks after {@code count} bytes more. */
        void breakAfter(int count) {
            ByteBuf bytes = heldBytes.remove();
            bytes.skipBytes(count);
            bytes.release();
            heldPromises.remove().setFailure(new IOException("Connection reset by peer"));
        }
    }

    @AfterEach
    void everyBufferIsReleased() {
        flow.close(CloseReason.SHUTDOWN);
        while (!kernel.heldBytes.isEmpty()) {
            kernel.breakAfter(0);
        }
        channel.finishAndReleaseAll();
        channel.runPendingTasks();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
        assertThat(flows.table().size()).isZero();
    }

    private void send(String message) {
        Recorder.send(flow, message);
    }

    private static String text(char letter, int length) {
        return String.valueOf(letter).repeat(length);
    }

    private static String undelivered(UndeliveredReason reason, String message) {
        return "undelivered " + reason + " " + message;
    }

    @Test
    void whatOneTurnSendsIsOneWrite() {
        flow.opened(new IpPort());
        send("one");
        send("two");
        assertThat(kernel.taken).isEmpty();
        channel.runPendingTasks();
        assertThat(kernel.taken).containsExactly("onetwo");
        assertThat(recorder.count("sent")).isEqualTo(6);
    }

    @Test
    void anExplicitFlushNeedNotWaitForTheEndOfTheTurn() {
        flow.opened(new IpPort());
        send("one");
        flows.flush();
        assertThat(kernel.taken).containsExactly("one");
    }

    @Test
    void nothingIsWrittenBeforeTheConnectionIsMade() {
        send("one");
        send("two");
        channel.runPendingTasks();
        assertThat(kernel.taken).isEmpty();
        flow.opened(new IpPort());
        assertThat(kernel.taken).containsExactly("onetwo");
    }

    @Test
    void whileTheKernelIsFullMessagesGatherInOneSegment() {
        kernel.isFull = true;
        flow.opened(new IpPort());
        for (String message : List.of("one", "two", "three")) {
            send(message);
            flows.flush();
        }
        assertThat(kernel.heldBytes).hasSize(1);
        kernel.takeOne();
        kernel.takeOne();
        assertThat(kernel.taken).containsExactly("one", "twothree");
        assertThat(flow.queuedBytes()).isZero();
    }

    @Test
    void onlyWhatTheKernelTookAsAWholeCountsAsDelivered() {
        kernel.isFull = true;
        flow.opened(new IpPort());
        send("one");
        send("two");
        send("three");
        flows.flush();
        send("four");
        kernel.breakAfter(4);
        channel.runPendingTasks();
        assertThat(recorder.events)
                .containsExactly(
                        undelivered(UndeliveredReason.CONNECTION_LOST, "two"),
                        undelivered(UndeliveredReason.CONNECTION_LOST, "three"),
                        undelivered(UndeliveredReason.CONNECTION_LOST, "four"),
                        "closed RESET");
    }

    @Test
    void aFullQueueClosesTheFlowAndReturnsEverythingInOrder() {
        kernel.isFull = true;
        flow.opened(new IpPort());
        send("first" + text('a', 595));
        flows.flush();
        send("second" + text('b', 394));
        assertThat(flow.isOpen()).isTrue();
        assertThat(flow.queuedBytes()).isEqualTo(MAX_QUEUED);
        send("c");
        assertThat(flow.isOpen()).isFalse();
        kernel.breakAfter(0);
        channel.runPendingTasks();
        assertThat(recorder.events)
                .containsExactly(
                        undelivered(UndeliveredReason.CONNECTION_LOST, "first" + text('a', 15)),
                        undelivered(UndeliveredReason.CONNECTION_LOST, "second" + text('b', 14)),
                        "closed SLOW_READER",
                        undelivered(UndeliveredReason.QUEUE_FULL, "c"));
        assertThat(recorder.count("queueOverflow")).isEqualTo(1);
    }

    @Test
    void aBurstBeyondTheBoundReachesAPeerThatReads() {
        flow.opened(new IpPort());
        for (int i = 0; i < 50; i++) {
            send(text('a', 300));
        }
        channel.runPendingTasks();
        assertThat(String.join("", kernel.taken)).hasSize(15_000);
        assertThat(recorder.events).isEmpty();
    }

    @Test
    void aMessageLongerThanTheBoundPassesAnEmptyQueue() {
        flow.opened(new IpPort());
        send(text('a', 5 * MAX_QUEUED));
        channel.runPendingTasks();
        assertThat(kernel.taken).hasSize(1);
    }

    @Test
    void aFullQueueWhileConnectingReturnsOnlyWhatDoesNotFit() {
        send(text('a', MAX_QUEUED));
        send("b");
        channel.runPendingTasks();
        assertThat(flow.isOpen()).isTrue();
        assertThat(recorder.events).containsExactly(undelivered(UndeliveredReason.QUEUE_FULL, "b"));
    }

    @Test
    void aFailedConnectReturnsWhatWaitedForIt() {
        send("one");
        flow.end(CloseReason.CONNECT_FAILED);
        send("two");
        assertThat(recorder.events).isEmpty();
        channel.runPendingTasks();
        assertThat(recorder.events)
                .containsExactly(
                        undelivered(UndeliveredReason.CONNECT_FAILED, "one"),
                        "closed CONNECT_FAILED",
                        undelivered(UndeliveredReason.NOT_CONNECTED, "two"));
    }

    @Test
    void closingOffersTheQueueToTheKernelFirst() {
        flow.opened(new IpPort());
        send("last words");
        flow.close(CloseReason.REQUESTED);
        assertThat(kernel.taken).containsExactly("last words");
        assertThat(channel.isOpen()).isFalse();
        channel.runPendingTasks();
        assertThat(recorder.events).containsExactly("closed REQUESTED");
    }

    @Test
    void anInviteForAClientIsReportedWhenItIsQueued() {
        flow.opened(new IpPort());
        send("INVITE sip:a");
        send("INFO sip:a");
        send("INVITE ");
        flow.close(CloseReason.REQUESTED);
        send("INVITE sip:b");
        channel.runPendingTasks();
        assertThat(recorder.events)
                .containsExactly(
                        "invite INVITE sip:a",
                        "closed REQUESTED",
                        undelivered(UndeliveredReason.NOT_CONNECTED, "INVITE sip:b"));
    }

    @Test
    void manyReadsOfOneTurnEndWithOneReadComplete() {
        flow.opened(new IpPort());
        flows.readSomething();
        flows.readSomething();
        channel.runPendingTasks();
        assertThat(recorder.count("readComplete")).isEqualTo(1);
    }

    @Test
    void nothingMoreIsReadAfterTheHandlerClosedTheFlow() {
        flow.opened(new IpPort());
        recorder.reaction = (which, message) -> which.close(CloseReason.REQUESTED);
        String message = LoopsFixture.message("a", 0);
        channel.writeInbound(Unpooled.wrappedBuffer(Recorder.bytes(message + message)));
        assertThat(recorder.flows).hasSize(1);
    }

    @Test
    void aHandlerThatThrowsCostsItsFlowOnly() {
        flow.opened(new IpPort());
        recorder.reaction = (which, message) -> {
            throw new IllegalStateException("thrown on purpose by a test");
        };
        ByteBuf buffer = Unpooled.wrappedBuffer(Recorder.bytes(LoopsFixture.message("a", 0)));
        channel.writeInbound(buffer);
        channel.runPendingTasks();
        assertThat(buffer.refCnt()).isZero();
        assertThat(recorder.count("closed INTERNAL_ERROR")).isEqualTo(1);
    }
}
