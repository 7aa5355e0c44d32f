package org.strowger.proxy.http;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.routing.Pool;
import org.strowger.threading.RunsOn;

/**
 * The open tunnels of one event loop, by where they lead. One ends when its backend may no longer get what belongs to it: when
 * that is down, in maintenance, or past the deadline of its drain. A backend that has left its pool keeps its tunnels.
 */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class Tunnels {
    private final HttpLoop loop;
    private final Map<Way, Set<Tunnel>> open = new HashMap<>();

    Tunnels(HttpLoop loop) {
        this.loop = loop;
    }

    /**
     * Where a tunnel leads.
     *
     * @param backend its identity
     */
    record Way(String pool, long backend) {}

    void opened(Way way, Tunnel tunnel) {
        open.computeIfAbsent(way, unused -> Collections.newSetFromMap(new IdentityHashMap<>()))
                .add(tunnel);
        tunnel.onEnd(() -> left(way, tunnel));
    }

    private void left(Way way, Tunnel tunnel) {
        Set<Tunnel> beside = open.get(way);
        if (beside != null && beside.remove(tunnel) && beside.isEmpty()) {
            open.remove(way);
        }
    }

    /** Ends those whose backends must not be used any more. */
    void look(HttpPicture picture) {
        if (open.isEmpty()) {
            return;
        }
        Set<Way> closed = new HashSet<>();
        for (Optional<HttpPool> http : picture.pools()) {
            http.ifPresent(pool -> addClosed(pool.pool(), closed));
        }
        for (Way way : closed) {
            for (Tunnel tunnel : List.copyOf(open.getOrDefault(way, Set.of()))) {
                loop.count(Counter.HTTP_TUNNELS_ENDED);
                tunnel.end();
            }
        }
    }

    private static void addClosed(Pool pool, Set<Way> closed) {
        for (int i = 0; i < pool.size(); i++) {
            if (!pool.keepsDialogs(i)) {
                closed.add(new Way(pool.name(), pool.member(i).identity()));
            }
        }
    }

    int size() {
        return open.values().stream().mapToInt(Set::size).sum();
    }
}
