/** The demo: SIP backends and a caller on real sockets around the proxy, and a live table of what happens. */
@NullMarked
package org.strowger.proxy.demo;

import org.jspecify.annotations.NullMarked;
