package org.strowger.proxy;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.strowger.proxy.config.ListenerConfig;
import org.strowger.proxy.config.RelayConfig;
import org.strowger.proxy.control.ListenerStatus;
import org.strowger.proxy.metrics.Sample;
import org.strowger.proxy.transport.StreamListener;
import org.strowger.threading.RunsOn;

/** What operators see of listeners, those included that are closed while some of their connections go on. */
@RunsOn(RunsOn.Runner.CONTROL)
final class ListenerStates {
    private final List<Closing> closing = new ArrayList<>();

    /** A closed one, and how many connections it still has. */
    private record Closing(ListenerStatus last, IntSupplier open) {}

    /** All that there are now, in the order in which they were opened. */
    List<ListenerStatus> now(Sockets sockets, Relays relays) {
        closing.removeIf(one -> one.open().getAsInt() == 0);
        return Stream.of(
                        sockets.listening().stream().map(ListenerStates::of),
                        relays.all().stream().map(ListenerStates::of),
                        closing.stream()
                                .map(one -> one.last().closing(one.open().getAsInt())))
                .flatMap(all -> all)
                .toList();
    }

    void closed(Sockets.Listening gone) {
        gone.stream().ifPresent(stream -> closing.add(new Closing(of(gone), stream::connections)));
    }

    void closed(Relays.Open gone) {
        closing.add(new Closing(of(gone), gone.listener()::open));
    }

    /** What is open, by name and transport. */
    static List<Sample> samples(List<ListenerStatus> listeners) {
        Map<List<String>, Integer> open = new LinkedHashMap<>();
        for (ListenerStatus one : listeners) {
            one.open().ifPresent(now -> open.merge(List.of(one.name(), one.transport()), now, Integer::sum));
        }
        return open.entrySet().stream()
                .map(entry -> new Sample(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static ListenerStatus of(Sockets.Listening listening) {
        ListenerConfig config = listening.config();
        Optional<StreamListener> stream = listening.stream();
        return new ListenerStatus(
                config.name(),
                config.transport().name().toLowerCase(Locale.ROOT),
                text(listening.bound()),
                ListenerStatus.State.OPEN,
                config.tls(),
                List.of(),
                stream.map(one -> OptionalInt.of(one.connections())).orElse(OptionalInt.empty()),
                stream.map(one -> OptionalInt.of(config.maxConnections())).orElse(OptionalInt.empty()));
    }

    private static ListenerStatus of(Relays.Open relay) {
        RelayConfig config = relay.config();
        return new ListenerStatus(
                config.name(),
                config.transport().word(),
                text(relay.listener().localAddress()),
                ListenerStatus.State.OPEN,
                config.tls(),
                List.copyOf(new TreeSet<>(config.pools())),
                OptionalInt.of(relay.listener().open()),
                OptionalInt.of(config.maxConnections()));
    }

    private static String text(InetSocketAddress bound) {
        return Faces.hostPort(bound.getAddress(), bound.getPort());
    }
}
