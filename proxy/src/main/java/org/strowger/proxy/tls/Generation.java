package org.strowger.proxy.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.strowger.threading.RunsOn;

/**
 * One state of a section's files as contexts. Event loops use it while the next one takes its place; the memory of the
 * contexts, which is native, goes with the last user. Connections made by it keep what they need themselves.
 */
@RunsOn(RunsOn.Runner.ANY)
final class Generation {
    private final Material material;
    private final Engine engine;
    private final Map<String, Integer> byHost = new HashMap<>();
    private final Map<Key, SslContext> contexts = new ConcurrentHashMap<>();
    /** The store's own use is the first. */
    private final AtomicInteger users = new AtomicInteger(1);

    private volatile TicketSecrets secrets;
    private volatile long period;

    /** What a context is made for; the side is in {@code names}, which only a client has. */
    private record Key(Purpose purpose, int credential, List<String> protocols) {}

    /** Whose context it is, and what names it accepts. */
    enum Purpose {
        SERVER,
        SIP_CLIENT,
        WEB_CLIENT
    }

    Generation(Engine engine, Material material, TicketSecrets secrets, long period) {
        this.engine = engine;
        this.material = material;
        this.secrets = secrets;
        this.period = period;
        for (int i = 0; i < material.credentials().size(); i++) {
            for (String host : PeerNames.of(material.credentials().get(i).own()).hosts()) {
                byHost.putIfAbsent(host, i);
            }
        }
    }

    Material material() {
        return material;
    }

    /** Builds what the one before had in use, so that no event loop has to; throws where a provider refuses. */
    void prepare(Generation before) throws SSLException {
        for (Key key : before.contexts.keySet()) {
            if (key.credential < Math.max(1, material.credentials().size())) {
                contexts.put(key, build(key));
            }
        }
    }

    /** Builds what is needed for the first connection. */
    void prepare() throws SSLException {
        if (!material.credentials().isEmpty()) {
            for (int i = 0; i < material.credentials().size(); i++) {
                Key key = new Key(Purpose.SERVER, i, List.of());
                contexts.put(key, build(key));
            }
        }
    }

    /** Takes part in it, unless it is gone; then there is a newer one. */
    boolean retain() {
        return users.getAndUpdate(n -> n == 0 ? 0 : n + 1) > 0;
    }

    void release() {
        if (users.decrementAndGet() == 0) {
            contexts.values().forEach(ReferenceCountUtil::release);
        }
    }

    /** The certificate for a name asked for; the first one if none is for it. */
    int credential(String host) {
        String wanted = host.toLowerCase(Locale.ROOT);
        Integer exact = byHost.get(wanted);
        if (exact != null) {
            return exact;
        }
        int dot = wanted.indexOf('.');
        return dot < 0 ? 0 : byHost.getOrDefault("*" + wanted.substring(dot), 0);
    }

    SSLEngine serverEngine(int credential, List<String> protocols, ByteBufAllocator allocator) {
        SSLEngine made = context(new Key(Purpose.SERVER, credential, protocols)).newEngine(allocator);
        if (!isResuming()) {
            Contexts.refuseResumption(made);
        }
        return made;
    }

    SSLEngine clientEngine(Purpose purpose, List<String> protocols, ByteBufAllocator allocator, String host, int port) {
        return context(new Key(purpose, 0, protocols)).newEngine(allocator, host, port);
    }

    /** Has sessions encrypted by the keys of that period from now on. */
    void rotate(TicketSecrets newSecrets, long newPeriod) {
        secrets = newSecrets;
        period = newPeriod;
        for (Map.Entry<Key, SslContext> entry : new ArrayList<>(contexts.entrySet())) {
            setTickets(entry.getKey(), entry.getValue());
        }
    }

    private SslContext context(Key key) {
        return contexts.computeIfAbsent(key, missing -> {
            try {
                return build(missing);
            } catch (SSLException e) {
                throw new IllegalStateException("a context like one that was built before", e);
            }
        });
    }

    private SslContext build(Key key) throws SSLException {
        return switch (key.purpose()) {
            case SERVER -> {
                SslContext made = Contexts.server(engine, material, key.credential(), key.protocols());
                setTickets(key, made);
                yield made;
            }
            case SIP_CLIENT -> Contexts.client(engine, material, PeerNames::isFor, key.protocols());
            case WEB_CLIENT -> Contexts.client(engine, material, PeerNames::isWebHost, key.protocols());
        };
    }

    private void setTickets(Key key, SslContext context) {
        if (key.purpose() != Purpose.SERVER) {
            return;
        }
        if (isResuming()) {
            Contexts.tickets(context, secrets.keys(material.ticketPurpose(key.credential()), period));
        }
    }

    private boolean isResuming() {
        return material.options().resumption() == TlsOptions.Resumption.ON;
    }
}
