/** Every counter and its name. */
@NullMarked
package org.strowger.proxy.metrics;

import org.jspecify.annotations.NullMarked;
