package org.strowger.proxy.transport;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.strowger.sip.IpPort;
import org.strowger.sip.Transport;
import org.strowger.threading.RunsOn;

/** Remembers what happened, for a test that looks from another thread. */
@RunsOn(RunsOn.Runner.ANY)
final class Recorder implements StreamHandler, StreamCounters, HandOverHandler {
    final List<String> events = new CopyOnWriteArrayList<>();
    final List<Flow> flows = new CopyOnWriteArrayList<>();
    final Map<String, Integer> counts = new ConcurrentHashMap<>();
    volatile BiConsumer<Flow, String> reaction = (flow, message) -> {};

    static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static void send(Flow flow, String text) {
        byte[] bytes = bytes(text);
        flow.send(bytes, 0, bytes.length);
    }

    int count(String name) {
        return counts.getOrDefault(name, 0);
    }

    @Override
    public void onMessage(Flow flow, byte[] bytes, int from, int to) {
        flows.add(flow);
        String message = text(bytes, from, to);
        events.add("message " + message.lines().findFirst().orElse(""));
        reaction.accept(flow, message);
    }

    @Override
    public void onBroken(Flow flow, FramingFailure failure, byte[] head, int from, int to) {
        flows.add(flow);
        events.add("broken " + failure);
        reaction.accept(flow, text(head, from, to));
    }

    @Override
    public void onUndelivered(Flow flow, byte[] bytes, int from, int to, UndeliveredReason reason) {
        events.add("undelivered " + reason + " " + text(bytes, from, Math.min(to, from + 20)));
    }

    @Override
    public void onInvite(Flow flow, byte[] bytes, int from, int to) {
        events.add("invite " + text(bytes, from, to));
    }

    @Override
    public void onClosed(Flow flow, CloseReason reason) {
        events.add("closed " + reason);
    }

    @Override
    public void onReadComplete() {
        add("readComplete");
    }

    @Override
    public void accepted(int listener) {
        add("accepted");
    }

    @Override
    public void refused(int listener) {
        add("refused");
    }

    @Override
    public void closed(CloseReason reason) {
        add("closed " + reason);
    }

    @Override
    public void connected() {
        add("connected");
    }

    @Override
    public void reconnected() {
        add("reconnected");
    }

    @Override
    public void connectFailed() {
        add("connectFailed");
    }

    @Override
    public void connectFailed(Transport transport, IpPort peer) {
        add("connectFailed " + peer);
    }

    @Override
    public void connectionReset(Transport transport, IpPort peer) {
        add("connectionReset " + peer);
    }

    @Override
    public void queueOverflow() {
        add("queueOverflow");
    }

    @Override
    public void asked() {
        add("asked");
    }

    @Override
    public void handOverDropped() {
        add("handOverDropped");
    }

    @Override
    public void received(int bytes) {
        counts.merge("received", bytes, Integer::sum);
    }

    @Override
    public void sent(int bytes) {
        counts.merge("sent", bytes, Integer::sum);
    }

    @Override
    public void onDatagram(int port, IpPort source, byte[] bytes, int from, int to) {
        events.add("datagram " + port + " " + source + " " + text(bytes, from, to));
    }

    @Override
    public void sendDatagram(IpPort to, byte[] bytes, int from, int end) {
        events.add("send " + to + " " + text(bytes, from, end));
    }

    @Override
    public void onFlowGone(long flowId, byte[] bytes, int from, int to) {
        events.add("gone " + flowId + " " + text(bytes, from, to));
    }

    @Override
    public void onHandOverComplete() {
        add("handOverComplete");
    }

    private void add(String name) {
        counts.merge(name, 1, Integer::sum);
    }

    @Override
    public org.strowger.proxy.proxyprotocol.ProxyProtocolGate.Counts headers() {
        return org.strowger.proxy.proxyprotocol.ProxyProtocolGate.Counts.NONE;
    }
}
