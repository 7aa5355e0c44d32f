package org.strowger.proxy.demo;

import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.strowger.proxy.demo.DemoMessage.Header;
import org.strowger.threading.RunsOn;

/** One call of a {@link DemoCaller}: INVITE, ACK, perhaps a hold, BYE. It ends completed or failed, once. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class DemoCall {
    private final CallerLine line;
    private final String callId;
    private final String fromTag;
    private final Duration talk;
    private final boolean holds;
    private final long startedNanos;
    private List<Header> routes = List.of();
    private String remoteTarget;
    private String to;
    private int cseq;
    private boolean established;
    private boolean closing;
    private boolean ended;
    private @Nullable Future<?> next;

    DemoCall(CallerLine line, Duration talk, boolean holds) {
        this.line = line;
        this.talk = talk;
        this.holds = holds;
        this.callId = line.token() + "@demo.invalid";
        this.fromTag = line.token();
        this.remoteTarget = "sip:demo@" + line.target();
        this.to = "<" + remoteTarget + ">";
        this.startedNanos = line.nanoTime();
    }

    void start() {
        line.counts().onStart();
        invite(DemoSdp.TALKING, this::onAnswer);
    }

    /** Ends the call as soon as it may be ended. */
    void hangUp() {
        closing = true;
        if (established && next != null) {
            next.cancel(false);
            next = null;
            bye();
        }
    }

    private void onAnswer(DemoMessage response) {
        established = true;
        line.counts().onAnswer(line.nanoTime() - startedNanos);
        to = response.first("To");
        remoteTarget = response.uri("Contact");
        List<Header> set = new ArrayList<>();
        response.all("Record-Route").forEach(route -> set.add(new Header("Route", route)));
        Collections.reverse(set);
        routes = List.copyOf(set);
    }

    /** Acknowledges first, then goes on: the hold waits half of the talk, the BYE the rest. */
    private void proceed() {
        if (closing) {
            bye();
        } else if (holds && cseq == 1) {
            after(
                    talk.dividedBy(2),
                    () -> invite(DemoSdp.HELD, response -> line.counts().onHold()));
        } else {
            after(holds ? talk.dividedBy(2) : talk, this::bye);
        }
    }

    private void invite(DemoSdp offer, Consumer<DemoMessage> onOk) {
        cseq++;
        int number = cseq;
        String branch = line.branch();
        String uri = remoteTarget;
        String text = request("INVITE", number, branch, offer.offer());
        line.transact("INVITE", branch, text, new ClientTransaction.Outcome() {
            private String ack = "";

            @Override
            public void onFinal(DemoMessage response) {
                if (!ack.isEmpty()) {
                    line.send(ack);
                    return;
                }
                if (response.status() < 300) {
                    onOk.accept(response);
                    ack = request("ACK", number, line.branch(), "");
                    line.send(ack);
                    proceed();
                } else {
                    ack = refusalAck(uri, number, branch, response);
                    line.send(ack);
                    fail("INVITE: " + response.status());
                }
            }

            @Override
            public void onTimeout() {
                fail("INVITE: no answer");
            }
        });
    }

    private void bye() {
        cseq++;
        String branch = line.branch();
        line.transact("BYE", branch, request("BYE", cseq, branch, ""), new ClientTransaction.Outcome() {
            @Override
            public void onFinal(DemoMessage response) {
                if (response.status() == 200) {
                    end(line.counts()::onComplete);
                } else {
                    fail("BYE: " + response.status());
                }
            }

            @Override
            public void onTimeout() {
                fail("BYE: no answer");
            }
        });
    }

    /** Counts a call that was still under way when the caller closed. */
    void abandon() {
        fail("unfinished");
    }

    private void fail(String cause) {
        end(() -> line.counts().onFailure(cause));
    }

    private void end(Runnable count) {
        if (!ended) {
            ended = true;
            count.run();
            line.ended(this);
        }
    }

    private void after(Duration delay, Runnable task) {
        next = line.loop()
                .schedule(
                        () -> {
                            next = null;
                            task.run();
                        },
                        delay.toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    private String request(String method, int number, String branch, String body) {
        List<Header> headers = new ArrayList<>(routes);
        headers.add(new Header("Max-Forwards", "70"));
        if (!method.equals("BYE")) {
            headers.add(new Header("Contact", line.contact()));
        }
        headers.add(new Header("To", to));
        return text(method, remoteTarget, number, branch, headers, body);
    }

    /** The ACK of a refusal: of the same transaction, and so with its branch and URI (RFC 3261 section 17.1.1.3). */
    private String refusalAck(String uri, int number, String branch, DemoMessage response) {
        List<Header> headers = new ArrayList<>(routes);
        headers.add(new Header("Max-Forwards", "70"));
        headers.add(new Header("To", response.first("To")));
        return text("ACK", uri, number, branch, headers, "");
    }

    private String text(String method, String uri, int number, String branch, List<Header> more, String body) {
        List<Header> headers = new ArrayList<>();
        headers.add(line.via(branch));
        headers.addAll(more);
        headers.add(new Header("From", line.from(fromTag)));
        headers.add(new Header("Call-ID", callId));
        headers.add(new Header("CSeq", number + " " + method));
        return DemoMessage.write(method + " " + uri + " SIP/2.0", headers, body);
    }
}
