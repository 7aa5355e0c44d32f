package org.strowger.proxy.relay;

import java.time.Duration;
import org.strowger.proxy.proxyprotocol.ProxyProtocolGate;

/**
 * Settings of a UDP relay.
 *
 * @param maxFlows at the same time, over all event loops
 * @param flowTimeout a flow on which nothing moves for this long is forgotten
 * @param terms who has to begin each datagram with a header
 */
public record UdpRelayOptions(PoolUse use, int maxFlows, Duration flowTimeout, ProxyProtocolGate.Terms terms) {}
