package org.strowger.proxy;

import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.strowger.health.Eligibility;
import org.strowger.health.HealthState;
import org.strowger.proxy.admin.AdminApi;
import org.strowger.proxy.admin.AdminOptions;
import org.strowger.proxy.admin.AdminPages;
import org.strowger.proxy.admin.AdminServer;
import org.strowger.proxy.admin.BackendView;
import org.strowger.proxy.admin.BackendsView;
import org.strowger.proxy.admin.Heartbeats;
import org.strowger.proxy.admin.PoolView;
import org.strowger.proxy.config.AdminConfig;
import org.strowger.proxy.config.PoolConfig;
import org.strowger.proxy.config.Secret;
import org.strowger.proxy.control.ManagedMember;
import org.strowger.proxy.metrics.Scrape;
import org.strowger.threading.RunsOn;

/** The HTTP surface of a running {@link Strowger}. */
@RunsOn(RunsOn.Runner.CONTROL)
final class AdminSurface implements AutoCloseable {
    private static final Duration STUCK_AFTER = Duration.ofSeconds(5);

    private final AdminServer server;
    private final Scrape scrape;

    private AdminSurface(AdminServer server, Scrape scrape) {
        this.server = server;
        this.scrape = scrape;
    }

    /**
     * Opens it on the configured address.
     *
     * @throws IOException when the address cannot be bound
     */
    static AdminSurface open(Strowger strowger) throws IOException {
        BackendsView view = () -> pools(strowger);
        Scrape scrape = new Scrape(
                strowger.counters(), strowger.backendCounters(), () -> AdminPages.members(view), Main.version());
        strowger.measure(scrape);
        new HealthMetrics(strowger.health()).addTo(scrape);
        Heartbeats heartbeats = new Heartbeats(Ticker.systemTicker(), STUCK_AFTER);
        strowger.watchLoops(heartbeats);
        AdminPages pages = new AdminPages(scrape, view, strowger.backendCounters(), strowger::missing, heartbeats);
        pages.setExplainPage(
                new Explanations(strowger.explainer(), strowger.httpExplainer(), strowger.relayExplainer()));
        AdminConfig config = strowger.inForce().config().admin();
        AdminServer server = AdminServer.start(
                AdminOptions.of(config.bind(), config.token().map(Secret::value)),
                pages,
                new AdminApi(strowger.operations(), view));
        strowger.onInstalled(now -> server.useToken(now.admin().token().map(Secret::value)));
        heartbeats.start(server.executor());
        return new AdminSurface(server, scrape);
    }

    /** {@code host:port} to point a browser at. */
    String address() {
        InetSocketAddress bound = server.localAddress();
        return Faces.hostPort(bound.getAddress(), bound.getPort());
    }

    @Override
    public void close() {
        server.close();
        scrape.close();
    }

    private static List<PoolView> pools(Strowger strowger) {
        Installer.InForce inForce = strowger.inForce();
        List<PoolView> pools = new ArrayList<>();
        for (int i = 0; i < inForce.members().size(); i++) {
            PoolConfig pool = inForce.config().pools().get(i);
            pools.add(new PoolView(
                    pool.name(),
                    PoolStates.text(pool.balance()),
                    inForce.members().get(i).members().stream()
                            .map(member -> backend(pool.name(), member, strowger.health()))
                            .toList(),
                    strowger.health().panic(pool.name())));
        }
        return pools;
    }

    private static BackendView backend(String pool, ManagedMember member, HealthService health) {
        return health.of(pool, member.backend().id())
                .map(known -> new BackendView(member.backend(), known))
                .orElseGet(() -> unwatched(member));
    }

    private static BackendView unwatched(ManagedMember member) {
        return new BackendView(
                member.backend(),
                member.admin(),
                HealthState.UNKNOWN,
                Eligibility.of(member.admin(), HealthState.UNKNOWN),
                member.change()
                        .map(change -> change.text() + " by " + change.by())
                        .orElse("configured"));
    }
}
