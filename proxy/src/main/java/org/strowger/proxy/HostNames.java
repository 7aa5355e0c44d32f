package org.strowger.proxy;

import io.netty.util.concurrent.Ticker;
import java.nio.charset.StandardCharsets;
import java.util.function.LongConsumer;
import org.strowger.discovery.dns.Destination;
import org.strowger.discovery.dns.Hop;
import org.strowger.discovery.dns.Location;
import org.strowger.discovery.dns.NameCache;
import org.strowger.discovery.dns.NameCacheLimits;
import org.strowger.discovery.dns.Reach;
import org.strowger.discovery.dns.SipLocator;
import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.metrics.LoopCounters;
import org.strowger.proxy.routing.NameLookup;
import org.strowger.proxy.routing.NextHop;
import org.strowger.proxy.routing.Transports;
import org.strowger.sip.IpPort;
import org.strowger.sip.SipUri;
import org.strowger.sip.Span;
import org.strowger.threading.RunsOn;

/** The hosts that backends call by name, as one event loop knows them. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class HostNames implements NameLookup {
    private final SipLocator locator;
    private final NameCache cache;
    private final LoopCounters counters;
    private final IpPort address = new IpPort();
    private LongConsumer onEnded = lookup -> {};

    HostNames(SipLocator locator, NameCacheLimits limits, Ticker ticker, LoopCounters counters) {
        this.locator = locator;
        this.cache = new NameCache(locator::locate, limits, ticker, this::ended);
        this.counters = counters;
    }

    /** Before traffic starts: who hears of look-ups that have ended. */
    void onEnded(LongConsumer listener) {
        onEnded = listener;
    }

    /** The listeners have changed: other servers may be within reach. */
    void reach(Reach now) {
        locator.setReach(now);
        cache.forget();
    }

    @Override
    public Answer find(byte[] bytes, SipUri uri, long transactionHash, NextHop out) {
        Span host = NextHop.target(uri);
        if (!host.isPresent() || uri.port() == 0) {
            return Answer.UNKNOWN;
        }
        Destination to = new Destination(
                new String(bytes, host.start(), host.length(), StandardCharsets.ISO_8859_1),
                uri.port(),
                Transports.parameter(bytes, uri),
                uri.scheme() == SipUri.Scheme.SIPS);
        Location location = cache.find(to);
        return switch (location.outcome()) {
            case FOUND -> {
                Hop hop = location.first(transactionHash);
                out.set(address.set(hop.address()), hop.transport());
                yield Answer.KNOWN;
            }
            case PENDING -> {
                out.await(cache.lookupOf(to));
                yield Answer.PENDING;
            }
            case NO_NAME -> Answer.UNKNOWN;
            case FAILED -> Answer.FAILED;
            case NO_TRANSPORT -> Answer.NO_TRANSPORT;
            case REFUSED -> {
                counters.increment(Counter.DNS_REFUSED);
                yield Answer.REFUSED;
            }
        };
    }

    private void ended(long lookup, Location.Outcome outcome) {
        counters.increment(outcome == Location.Outcome.FOUND ? Counter.DNS_RESOLVED : Counter.DNS_FAILED);
        onEnded.accept(lookup);
    }
}
