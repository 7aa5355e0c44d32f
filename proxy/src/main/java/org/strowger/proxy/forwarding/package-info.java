/** Carries out a routing decision: edits the message and sends it. */
@NullMarked
package org.strowger.proxy.forwarding;

import org.jspecify.annotations.NullMarked;
