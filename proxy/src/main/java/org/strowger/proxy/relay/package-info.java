/** Layer 4: connections and datagrams that are passed on to a pool without being read. */
@NullMarked
package org.strowger.proxy.relay;

import org.jspecify.annotations.NullMarked;
