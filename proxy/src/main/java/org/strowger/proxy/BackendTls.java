package org.strowger.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.strowger.discovery.Backend;
import org.strowger.proxy.config.PoolConfig;
import org.strowger.proxy.config.StrowgerConfig;
import org.strowger.proxy.control.ManagedMember;
import org.strowger.proxy.control.PoolMembers;
import org.strowger.proxy.routing.Target;
import org.strowger.proxy.tls.ClientTls;
import org.strowger.proxy.tls.TlsStore;
import org.strowger.proxy.transport.TlsToBackends;
import org.strowger.sip.IpPort;
import org.strowger.threading.RunsOn;

/** By which section of {@code tls} each backend is reached. Written on the control loop; event loops read. */
@RunsOn(RunsOn.Runner.ANY)
final class BackendTls implements TlsToBackends {
    private final TlsStore store;
    private final ClientTls otherwise;
    private volatile Map<IpPort, ClientTls> byPeer = Map.of();

    BackendTls(TlsStore store) {
        this.store = store;
        this.otherwise = store.client(TlsSections.DEFAULT, ClientTls.Names.SIP);
    }

    /** Those that left keep what they had, for the dialogs that they have still. */
    void use(StrowgerConfig config, Iterable<PoolMembers> members, Iterable<Backend> leaving) {
        Map<IpPort, ClientTls> next = new HashMap<>();
        for (Backend backend : leaving) {
            IpPort peer = IpPort.of(backend.address());
            next.put(peer, byPeer.getOrDefault(peer, otherwise));
        }
        Map<String, PoolConfig> pools = new HashMap<>();
        config.pools().forEach(pool -> pools.put(pool.name(), pool));
        for (PoolMembers of : members) {
            PoolConfig pool = pools.get(of.pool());
            ClientTls tls = pool == null
                    ? otherwise
                    : pool.tls()
                            .map(name -> store.client(name, names(pool)))
                            .orElseGet(() -> store.client(TlsSections.DEFAULT, names(pool)));
            for (ManagedMember member : of.members()) {
                if (member.backend().transport().isEncrypted()) {
                    next.put(IpPort.of(member.backend().address()), tls);
                }
            }
        }
        byPeer = Map.copyOf(next);
    }

    private static ClientTls.Names names(PoolConfig pool) {
        return pool.isHttp() ? ClientTls.Names.WEB : ClientTls.Names.SIP;
    }

    /** The TLS end of a fresh connection to a backend. */
    ChannelHandler handler(Channel channel, Target backend) {
        InetSocketAddress to = backend.backend().address();
        return of(IpPort.of(to)).newHandler(channel, to.getAddress().getHostAddress(), to.getPort());
    }

    @Override
    public ClientTls of(IpPort peer) {
        return byPeer.getOrDefault(peer, otherwise);
    }
}
