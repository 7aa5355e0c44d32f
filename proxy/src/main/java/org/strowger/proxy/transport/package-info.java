/** Sockets: bytes in and bytes out, per event loop. */
@NullMarked
package org.strowger.proxy.transport;

import org.jspecify.annotations.NullMarked;
