package org.strowger.proxy.forwarding;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.strowger.proxy.forwarding.SimulatedBackend.Mood;
import org.strowger.sip.IpPort;

/** Non-INVITE server transactions (RFC 3261 section 17.2.2) of one backend, in the moods of that. */
final class SimulatedServer {
    /** One request. */
    static final class Transaction {
        final Simulated request;
        private final String tag;
        private @Nullable String last;

        Transaction(Simulated request, String tag) {
            this.request = request;
            this.tag = tag;
        }
    }

    final Map<String, Transaction> byBranch = new HashMap<>();
    private final IpPort address;
    private final SimulatedNetwork network;
    private final Consumer<byte[]> wire;

    SimulatedServer(IpPort address, SimulatedNetwork network, Consumer<byte[]> wire) {
        this.address = address;
        this.network = network;
        this.wire = wire;
    }

    void receive(Simulated m, Mood mood) {
        Transaction known = byBranch.get(m.branch());
        if (known != null) {
            if (known.last != null) {
                send(known, known.last);
            }
            return;
        }
        Transaction fresh = new Transaction(m, "s" + byBranch.size() + "-" + address.low() % 256);
        byBranch.put(m.branch(), fresh);
        switch (mood) {
            case ANSWERS -> answer(fresh, "200 OK", 5);
            case RINGS -> {
                // RFC 4320 section 4.1: not before Timer E has grown to T2.
                answer(fresh, "100 Trying", 1800);
                answer(fresh, "200 OK", 3000 + network.random.nextInt(20_000));
            }
            case BUSY_HERE -> answer(fresh, "403 Forbidden", 5);
            case UNAVAILABLE -> answer(fresh, "503 Service Unavailable", 5);
            case SLOW, WAKES -> answer(fresh, "200 OK", 2100 + network.random.nextInt(3000));
            case SLOW_BUSY -> answer(fresh, "403 Forbidden", 1500 + network.random.nextInt(3000));
            case LATE_UNAVAILABLE -> answer(fresh, "503 Service Unavailable", 1900 + network.random.nextInt(300));
            default -> throw new IllegalStateException("mood: " + mood);
        }
    }

    private void answer(Transaction transaction, String status, long millis) {
        network.after(millis, () -> {
            transaction.last = status;
            send(transaction, status);
        });
    }

    private void send(Transaction transaction, String status) {
        wire.accept(transaction.request.answer(status, transaction.tag));
    }
}
