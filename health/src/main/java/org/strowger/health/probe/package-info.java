/** Asks backends whether they live: SIP OPTIONS, a TCP connection, an HTTP GET. */
@NullMarked
package org.strowger.health.probe;

import org.jspecify.annotations.NullMarked;
