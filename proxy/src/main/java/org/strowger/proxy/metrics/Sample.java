package org.strowger.proxy.metrics;

import java.util.List;

/**
 * The value of one series of a metric.
 *
 * @param labelValues in the order of the metric's keys
 */
public record Sample(List<String> labelValues, double value) {

    public Sample {
        labelValues = List.copyOf(labelValues);
    }
}
