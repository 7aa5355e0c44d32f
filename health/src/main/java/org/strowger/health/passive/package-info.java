/**
 * What live traffic shows of a backend: outlier detection over a window, and ejection with half-open trials. Knows no probes
 * and no people; {@code org.strowger.health} joins them.
 */
@NullMarked
package org.strowger.health.passive;

import org.jspecify.annotations.NullMarked;
