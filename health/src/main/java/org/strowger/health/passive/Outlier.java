package org.strowger.health.passive;

/**
 * Why a backend stands out.
 *
 * @param cause in a few words
 * @param failureRate the share of its attempts that failed lately, 0..1: 1 for a row, else that in the window. A good time
 *     before the fault must not hide a row
 */
public record Outlier(String cause, double failureRate) {}
