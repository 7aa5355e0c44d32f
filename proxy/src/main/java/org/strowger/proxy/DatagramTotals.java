package org.strowger.proxy;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToLongFunction;
import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.metrics.CounterRegistry;
import org.strowger.proxy.metrics.MetricName;
import org.strowger.proxy.metrics.Scrape;
import org.strowger.proxy.metrics.Side;
import org.strowger.proxy.routing.RoutingSnapshot;
import org.strowger.proxy.transport.DatagramCounters;
import org.strowger.proxy.transport.SendDrop;
import org.strowger.threading.RunsOn;

/** What all UDP sockets counted, summed when it is asked for. */
@RunsOn(RunsOn.Runner.ANY)
final class DatagramTotals {
    private final Map<Side, List<DatagramCounters>> ports =
            Map.of(Side.CLIENT, new CopyOnWriteArrayList<>(), Side.BACKEND, new CopyOnWriteArrayList<>());

    /** Has a socket of that listener, or of {@link RoutingSnapshot#BACKEND_SIDE}, counted in. */
    void add(int listener, DatagramCounters port) {
        of(listener == RoutingSnapshot.BACKEND_SIDE ? Side.BACKEND : Side.CLIENT)
                .add(port);
    }

    /** Adds to the loops' counters what only sockets know. */
    void addTo(CounterRegistry counters) {
        counters.addSource(Counter.BYTES_RECEIVED_UDP, () -> sum(DatagramCounters::receivedBytes));
        counters.addSource(Counter.BYTES_SENT_UDP, () -> sum(DatagramCounters::sentBytes));
        counters.addSource(Counter.DROP_OVERSIZE, () -> sum(DatagramCounters::receiveTruncated));
        counters.addSource(Counter.DROP_UNSENDABLE, () -> sum(DatagramTotals::unsent));
        counters.addSource(Counter.DROP_INTERNAL_ERROR, () -> sum(DatagramCounters::handlerFailures));
    }

    /** Adds the series of each side. */
    void addTo(Scrape scrape) {
        for (Side side : Side.values()) {
            String name = label(side);
            scrape.counter(MetricName.UDP_DATAGRAMS, () -> sum(side, DatagramCounters::received), name, "received");
            scrape.counter(MetricName.UDP_DATAGRAMS, () -> sum(side, DatagramCounters::sent), name, "sent");
            scrape.counter(MetricName.UDP_BATCHES, () -> sum(side, DatagramCounters::readBatches), name, "received");
            scrape.counter(MetricName.UDP_BATCHES, () -> sum(side, DatagramCounters::writeBatches), name, "sent");
            scrape.counter(MetricName.UDP_TRUNCATED, () -> sum(side, DatagramCounters::receiveTruncated), name);
            for (SendDrop reason : SendDrop.values()) {
                scrape.counter(
                        MetricName.UDP_UNSENT, () -> sum(side, port -> port.sendDropped(reason)), name, label(reason));
            }
        }
    }

    private List<DatagramCounters> of(Side side) {
        return ports.getOrDefault(side, List.of());
    }

    private long sum(ToLongFunction<DatagramCounters> count) {
        return sum(Side.CLIENT, count) + sum(Side.BACKEND, count);
    }

    private long sum(Side side, ToLongFunction<DatagramCounters> count) {
        return of(side).stream().mapToLong(count).sum();
    }

    private static long unsent(DatagramCounters port) {
        long sum = 0;
        for (SendDrop reason : SendDrop.values()) {
            sum += port.sendDropped(reason);
        }
        return sum;
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
