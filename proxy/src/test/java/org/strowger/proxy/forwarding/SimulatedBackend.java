package org.strowger.proxy.forwarding;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.strowger.sip.IpPort;

/** A server with INVITE server transactions as RFC 3261 section 17.2.1 has them, and moods. */
final class SimulatedBackend {
    /** What it does with a new call. */
    enum Mood {
        /** Rings, then answers. */
        ANSWERS,
        /** Rings until it is cancelled. */
        RINGS,
        BUSY_HERE,
        /** 503. */
        UNAVAILABLE,
        /** Takes longer than the proxy waits, then rings and answers. */
        SLOW,
        /** Takes longer, then rings and answers in one breath: it was suspended. */
        WAKES,
        /** Takes longer, then 486. */
        SLOW_BUSY,
        /** 100, and 503 much later. */
        LATE_UNAVAILABLE,
        /** Nothing comes back, ever. */
        SILENT,
        /** The host says that the port is closed. */
        CLOSED
    }

    /** A final status that was never sent. */
    static final int LOST = 999;

    /** One INVITE. */
    static final class Call {
        final Simulated invite;
        final String tag;
        boolean cancelled;
        /** CANCELs that came, in time or too late. */
        int cancels;
        /** It died with its process. */
        boolean lost;

        boolean acknowledged;
        int last;
        int finalStatus;

        Call(Simulated invite, String tag) {
            this.invite = invite;
            this.tag = tag;
        }

        boolean isPending() {
            return finalStatus == 0;
        }
    }

    final IpPort address;
    final Map<String, Call> byBranch = new HashMap<>();
    private final Map<String, Call> byTag = new HashMap<>();
    final List<String> surprises = new ArrayList<>();
    private final SimulatedNetwork network;
    private final Consumer<byte[]> wire;
    private final Runnable closed;
    final SimulatedServer others;
    private Mood mood = Mood.ANSWERS;
    private boolean cut;
    private boolean dead;

    /** {@code wire} takes responses, {@code closed} tells the proxy of an ICMP error. */
    SimulatedBackend(IpPort address, SimulatedNetwork network, Consumer<byte[]> wire, Runnable closed) {
        this.address = address;
        this.network = network;
        this.wire = wire;
        this.closed = closed;
        this.others = new SimulatedServer(address, network, wire);
    }

    /** Old calls go on. */
    boolean refuses(Simulated m) {
        return dead || (mood == Mood.CLOSED && !isKnown(m));
    }

    private boolean isKnown(Simulated m) {
        return byBranch.containsKey(m.branch()) || others.byBranch.containsKey(m.branch());
    }

    void setMood(Mood newMood) {
        mood = newMood;
    }

    /** The process is killed: what it has is gone, too. */
    void die() {
        dead = true;
    }

    boolean isDead() {
        return dead;
    }

    /** Another process, which knows nothing. */
    void revive() {
        dead = false;
        byBranch.values().forEach(call -> {
            call.lost = true;
            call.acknowledged = true;
            call.finalStatus = call.isPending() ? LOST : call.finalStatus;
        });
    }

    /** Its network is cut, or is well again. */
    void cut(boolean isCut) {
        cut = isCut;
    }

    void receive(Simulated m) {
        Call known = byBranch.get(m.branch());
        if (cut || dead || (known != null && known.lost)) {
            if (dead) {
                network.after(1, closed);
            }
            return;
        }
        if (refuses(m)) {
            network.after(1, closed);
            return;
        }
        if (mood == Mood.SILENT && !isKnown(m)) {
            return;
        }
        Call call = byBranch.get(m.branch());
        switch (m.method()) {
            case "INVITE" -> invite(call, m);
            case "ACK" -> {
                if (call != null) {
                    call.acknowledged = true;
                } else if (!m.header("To").contains(";tag=")) {
                    surprises.add("ACK without tag " + m);
                }
            }
            case "CANCEL" -> cancel(call, m);
            default -> others.receive(m, mood);
        }
    }

    private void invite(@Nullable Call known, Simulated m) {
        if (known != null) {
            if (!known.acknowledged && known.last != 0) {
                send(known, known.last);
            }
            return;
        }
        Call call = new Call(m, "b" + byBranch.size() + "-" + address.low() % 256);
        byBranch.put(m.branch(), call);
        byTag.put(call.tag, call);
        switch (mood) {
            case ANSWERS -> {
                provisional(call, 100, 0);
                provisional(call, 180, 50);
                complete(call, 200, 200 + network.random.nextInt(3000));
            }
            case RINGS -> {
                provisional(call, 100, 0);
                // Once a minute, because one may be lost (section 13.3.1.1).
                for (int minute = 0; minute < 3; minute++) {
                    provisional(call, 180, 50 + minute * 60_000L);
                }
            }
            case BUSY_HERE -> complete(call, 486, 5);
            case UNAVAILABLE -> complete(call, 503, 5);
            case SLOW -> {
                provisional(call, 180, 700);
                complete(call, 200, 750 + network.random.nextInt(1500));
            }
            case WAKES -> {
                provisional(call, 180, 700);
                complete(call, 200, 701);
            }
            case SLOW_BUSY -> complete(call, 486, 600 + network.random.nextInt(400));
            case LATE_UNAVAILABLE -> {
                provisional(call, 100, 0);
                complete(call, 503, 900);
            }
            default -> throw new IllegalStateException("mood: " + mood);
        }
    }

    /** Whatever rings is answered now. */
    void answer() {
        byBranch.values().stream().filter(Call::isPending).forEach(call -> complete(call, 200, 0));
    }

    private void provisional(Call call, int status, long millis) {
        network.after(millis, () -> {
            if (call.isPending()) {
                send(call, status);
            }
        });
    }

    private void complete(Call call, int status, long millis) {
        network.after(millis, () -> {
            if (call.isPending()) {
                call.finalStatus = status;
                repeatFinal(call, 500);
            }
        });
    }

    /** Timers G and H. */
    private void repeatFinal(Call call, long pause) {
        repeatFinal(call, pause, 0);
    }

    private void repeatFinal(Call call, long pause, long passed) {
        if (!call.acknowledged && passed < 32_000) {
            send(call, call.finalStatus);
            network.after(pause, () -> repeatFinal(call, Math.min(2 * pause, 4000), passed + pause));
        }
    }

    private void cancel(@Nullable Call call, Simulated m) {
        if (m.all("Reason").isEmpty() && m.all("Via").size() == 1) {
            surprises.add("CANCEL without Reason " + m);
        }
        if (call == null) {
            surprises.add("CANCEL of nothing " + m);
            return;
        }
        call.cancels++;
        wire.accept(m.answer("200 OK", call.tag));
        if (call.isPending()) {
            call.cancelled = true;
            call.finalStatus = 487;
            repeatFinal(call, 500);
        }
    }

    /** The 2xx with that tag was acknowledged. */
    void acknowledge(String tag) {
        Call call = byTag.get(tag);
        if (call != null) {
            call.acknowledged = true;
        }
    }

    private void send(Call call, int status) {
        if (cut || dead || call.lost) {
            return;
        }
        call.last = status;
        wire.accept(call.invite.answer(status + " Simulated", call.tag));
    }
}
