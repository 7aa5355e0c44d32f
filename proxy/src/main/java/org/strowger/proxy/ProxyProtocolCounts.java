package org.strowger.proxy;

import org.strowger.proxy.metrics.Counter;
import org.strowger.proxy.metrics.LoopCounters;
import org.strowger.proxy.proxyprotocol.HeaderVerdict;
import org.strowger.proxy.proxyprotocol.ProxyHeader;
import org.strowger.proxy.proxyprotocol.ProxyProtocolGate;
import org.strowger.threading.RunsOn;

/** Counts headers of the PROXY protocol, for one event loop. */
@RunsOn(RunsOn.Runner.EVENT_LOOP)
final class ProxyProtocolCounts implements ProxyProtocolGate.Counts {
    private final LoopCounters counters;

    ProxyProtocolCounts(LoopCounters counters) {
        this.counters = counters;
    }

    @Override
    public void accepted(ProxyHeader header) {
        Counter version = header.version() == 1 ? Counter.PROXY_PROTOCOL_V1 : Counter.PROXY_PROTOCOL_V2;
        counters.increment(header.hasAddresses() ? version : Counter.PROXY_PROTOCOL_LOCAL);
    }

    @Override
    public void refused(HeaderVerdict reason) {
        counters.increment(
                switch (reason) {
                    case INCOMPLETE -> Counter.PROXY_PROTOCOL_INCOMPLETE;
                    case NO_HEADER -> Counter.PROXY_PROTOCOL_NO_HEADER;
                    case TOO_LONG -> Counter.PROXY_PROTOCOL_TOO_LONG;
                    case UNKNOWN_FORM -> Counter.PROXY_PROTOCOL_UNKNOWN_FORM;
                    case BAD_ADDRESS -> Counter.PROXY_PROTOCOL_BAD_ADDRESS;
                    case BAD_TLV -> Counter.PROXY_PROTOCOL_BAD_TLV;
                    case BAD_CHECKSUM -> Counter.PROXY_PROTOCOL_BAD_CHECKSUM;
                    case COMPLETE -> throw new IllegalArgumentException("reason: COMPLETE (expected: a refusal)");
                });
    }

    @Override
    public void timedOut() {
        counters.increment(Counter.PROXY_PROTOCOL_TIMED_OUT);
    }

    @Override
    public void stranger() {
        counters.increment(Counter.PROXY_PROTOCOL_STRANGER);
    }
}
