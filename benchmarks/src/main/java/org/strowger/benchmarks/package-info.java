/** JMH benchmarks: what one step of a message costs, beside the JAIN-SIP reference implementation and beside nothing. */
@NullMarked
package org.strowger.benchmarks;

import org.jspecify.annotations.NullMarked;
