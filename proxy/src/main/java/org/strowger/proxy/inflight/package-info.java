/** Requests that backends have not answered yet: what is kept of them, where, and for how long. */
@NullMarked
package org.strowger.proxy.inflight;

import org.jspecify.annotations.NullMarked;
