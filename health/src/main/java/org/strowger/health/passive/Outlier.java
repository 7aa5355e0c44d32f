package org.strowger.health.passive;

/**
 * Why a backend stands out.
 *
 * @param cause in a few words
 * @param failureRate the share of its attempts in the window that failed, 0..1
 */
public record Outlier(String cause, double failureRate) {}
