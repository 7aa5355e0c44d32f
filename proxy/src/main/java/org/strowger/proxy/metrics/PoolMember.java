package org.strowger.proxy.metrics;

import org.strowger.health.Eligibility;

/**
 * A backend as a member of a pool, for the gauges of what it may be sent.
 *
 * @param pool name of the pool
 * @param backendId id of the backend
 */
public record PoolMember(String pool, String backendId, Eligibility eligibility) {}
